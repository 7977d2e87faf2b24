#!/bin/sh
# Install axe-core, which looks for what shuts people out of a page, into a folder. Without npm that test is skipped.
set -eu
version=4.14.1
[ ! -e "$1/node_modules/axe-core/axe.min.js" ] || exit 0
if command -v npm >/dev/null; then
  echo "installing axe-core $version into $1"
  npm install --prefix "$1" --no-save --no-audit --no-fund --ignore-scripts --silent "axe-core@$version"
else
  echo "npm is not installed, so the page's accessibility is not tested" >&2
fi
