#!/bin/sh
# Installs a list of requirements into a virtual environment: install.sh VENV LIST [uv's options]. With uv where there is one
# for this machine: it takes seconds where pip takes a minute. Else with pip, whose settings it heeds.
set -eu
venv=$1
list=$2
shift 2
uv=.venv/bin/uv
if [ -x "$uv" ]; then
    index=$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)
    [ -z "${PIP_INDEX_URL:-$index}" ] || export UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-$index}}"
    if "$uv" pip install --quiet --python "$venv/bin/python" --require-hashes "$@" -r "$list"; then
        exit 0
    fi
    echo "uv could not install $list, so pip does." >&2
fi
"$venv/bin/python" -m pip install --quiet --require-hashes -r "$list"
