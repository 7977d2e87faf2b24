#!/bin/sh
# Make .venv with the interpreter that is named. Debian ships Python without what `venv` needs: that package is
# installed first where it is missing.
set -eu
python=$1
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    package=$("$python" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        echo "$python cannot make virtual environments: install the package $package, then try again" >&2
        exit 1
    fi
    echo "installing the Debian package $package"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y "$package" >/dev/null
fi
echo "making a virtual environment in .venv with $("$python" --version)"
"$python" -m venv .venv
