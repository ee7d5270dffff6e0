#!/bin/sh
# Resolves the dependencies into requirement files with hashes and without addresses.
set -eu
cd "$(dirname "$0")/.."
options="--quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-strip-extras"
export UV_CUSTOM_COMPILE_COMMAND="make lock"
# What installs the others.
# shellcheck disable=SC2086
.venv/bin/uv pip compile $options --group install -o requirements/install.txt
# shellcheck disable=SC2086
.venv/bin/uv pip compile $options pyproject.toml --group build -o requirements/run.txt
# shellcheck disable=SC2086
.venv/bin/uv pip compile $options pyproject.toml --group build --group test --group lint --group bench --group emulators \
    -o requirements/dev.txt
# What functions on AWS need, in the versions with which the tests run.
# shellcheck disable=SC2086
.venv/bin/uv pip compile $options --group functions -c requirements/dev.txt -o requirements/functions.txt
# What the function that looks into files needs besides.
# shellcheck disable=SC2086
.venv/bin/uv pip compile $options --group pictures -o requirements/pictures.txt
# What the functions that sign and encrypt notifications need besides.
# shellcheck disable=SC2086
.venv/bin/uv pip compile $options --group push -c requirements/dev.txt -o requirements/push.txt
# Apart from the rest, so that what it needs holds nothing else back.
# shellcheck disable=SC2086
.venv/bin/uv pip compile $options --group docs -o requirements/docs.txt
# Makes a client of our OpenAPI document for a test; it wants an older typer than we do.
# shellcheck disable=SC2086
.venv/bin/uv pip compile $options --group generator -o requirements/generator.txt
if grep -nE '://|--find-links|--index' requirements/*.txt; then
    echo "A lock file holds an address." >&2
    exit 1
fi
