#!/bin/sh
# Installs Debian's Chromium and WebKit's driver for the browser tests, where they are missing and may be installed.
# Of Chromium the whole, and the part without windows, which takes half the time, for all tests that can do with it.
# Without Chromium it fails; without WebKit its tests are skipped, and say so.
set -eu
shell=/usr/bin/chromium-headless-shell
whole=/usr/bin/chromium

chromium() {
    [ -x "${CHROMIUM:-$whole}" ]
}

webkit() {
    [ -x "${WEBKIT_DRIVER:-/usr/bin/WebKitWebDriver}" ] && { [ -n "${DISPLAY:-}" ] || [ -x /usr/bin/Xvfb ]; }
}

install() {
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1
}

if { ! chromium || [ ! -x "${CHROMIUM:-$shell}" ] || ! webkit; } && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Chromium and WebKit for the browser tests ..."
    apt-get update -qq || true
    chromium || install chromium || true
    [ -x "${CHROMIUM:-$shell}" ] || install chromium-headless-shell || true
    webkit || install webkit2gtk-driver xvfb || true
fi
if ! webkit; then
    echo "No WebKit, so its tests are skipped: sudo apt-get install webkit2gtk-driver xvfb (Debian)." >&2
fi
if ! chromium; then
    echo "No Chromium: install it (Debian: sudo apt-get install chromium) or name one with CHROMIUM=." >&2
    exit 1
fi
