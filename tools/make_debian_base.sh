#!/bin/sh
# Make a root file system of Debian with Python, for the tests that run built images in one: python3.13 is trixie's.
# Takes a folder, and a mirror of Debian if it shall not be the usual one. Needs debootstrap, and to be root.
set -eu
folder=$1
mirror=${2:-https://deb.debian.org/debian}
debootstrap --variant=minbase --include=python3 trixie "$folder" "$mirror"
echo "run the tests with TULLE_DEBIAN_BASE=$folder"
