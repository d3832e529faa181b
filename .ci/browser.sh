#!/bin/sh
# Makes sure that the browser tests have a Chromium or Chrome; as root on Debian it installs one.
# Elsewhere it says in one line how to get one, and the browser tests skip. In CI nothing may skip: it fails there.
set -u

found() {
    [ -n "${LEADQUALITY_BROWSER:-}" ] && [ -x "$LEADQUALITY_BROWSER" ] && return 0
    for name in chromium chromium-browser google-chrome; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    for path in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
        "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
        [ -x "$path" ] && return 0
    done
    return 1
}

found && exit 0

if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "No browser yet: installing Debian's Chromium for the browser tests."
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq -o Acquire::Retries=3 update &&
        apt-get -qq -o Acquire::Retries=3 install -y --no-install-recommends chromium fonts-liberation >/dev/null
    found && exit 0
fi

echo "No browser, so the browser tests skip: install Chromium or Chrome (Debian: sudo apt-get install chromium), or name one in LEADQUALITY_BROWSER." >&2
[ -z "${CI:-}" ]
