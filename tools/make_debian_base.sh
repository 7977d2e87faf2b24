#!/bin/sh
# Make a root file system of Debian with Python, for the tests that run built functions in one: python3.13 is trixie's.
# Takes a folder; a processor, if it is to be arm64 for qemu; and a mirror, if it is not to be debootstrap's own.
# Needs debootstrap, and to be root.
set -eu
folder=$1
processor=${2:-native}
mirror=${3:-}
if [ "$processor" = native ]; then
    debootstrap --variant=minbase --include=python3 trixie "$folder" ${mirror:+"$mirror"}
    echo "run the tests with TULLE_DEBIAN_BASE=$folder"
else
    # Nothing of it can run here yet, so its packages are unpacked and not set up: that is enough for Python.
    debootstrap --foreign --arch="$processor" --variant=minbase --include=python3 trixie "$folder" ${mirror:+"$mirror"}
    for package in "$folder"/var/cache/apt/archives/*.deb; do
        dpkg-deb -x "$package" "$folder"
    done
    echo "run the tests with TULLE_DEBIAN_ARM64=$folder"
fi
