#!/bin/sh
# Installs Debian's Chromium for the browser tests, where it is missing and may be installed.
set -eu
if [ -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
    exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium for the browser tests ..."
    if apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "No Chromium: install it (Debian: sudo apt-get install chromium) or name one with CHROMIUM=." >&2
exit 1
