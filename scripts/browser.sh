#!/bin/sh
# Installs Debian's Chromium and WebKit's driver for the browser tests, where they are missing and may be installed.
# Without Chromium it fails; without WebKit its tests are skipped, and say so.
set -eu
wanted=""
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || wanted="chromium"
[ -x "${WEBKIT_DRIVER:-/usr/bin/WebKitWebDriver}" ] || wanted="$wanted webkit2gtk-driver"
[ -n "${DISPLAY:-}" ] || [ -x /usr/bin/Xvfb ] || wanted="$wanted xvfb"
[ -n "$wanted" ] || exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing for the browser tests: $wanted ..."
    apt-get update -qq || true
    for package in $wanted; do
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 || true
    done
fi
if [ ! -x "${WEBKIT_DRIVER:-/usr/bin/WebKitWebDriver}" ] || { [ -z "${DISPLAY:-}" ] && [ ! -x /usr/bin/Xvfb ]; }; then
    echo "No WebKit, so its tests are skipped: sudo apt-get install webkit2gtk-driver xvfb (Debian)." >&2
fi
if [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
    echo "No Chromium: install it (Debian: sudo apt-get install chromium) or name one with CHROMIUM=." >&2
    exit 1
fi
