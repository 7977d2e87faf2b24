#!/bin/sh
# Install the programs of Debian's that some tests run (tests/debian-packages.txt): those that are missing, as root.
# Without them those tests are skipped and say so.
set -eu
missing=""
for package in $(cat "$(dirname "$0")/../tests/debian-packages.txt"); do
  command -v "$package" >/dev/null || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 (several names)
if [ "$(id -u)" != 0 ] || ! apt-get update -qq || ! apt-get install -qq --no-install-recommends $missing >/dev/null; then
  echo "not installed, so the tests that need them are skipped:$missing" >&2
fi
