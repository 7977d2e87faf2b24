#!/bin/sh
# Debian ships Python without the venv module's pip: install the package that has it, and make the environment again.
set -eu
python=$1
version=$("$python" -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}")')
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "cannot make a virtual environment: install the package $version-venv, then try again" >&2
    exit 1
fi
echo "installing the Debian package $version-venv"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$version-venv"
rm -rf .venv
exec "$python" -m venv .venv
