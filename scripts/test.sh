#!/bin/bash
# Runs the tests: `quick` (format, lint, types, units), `aws` (the conformance suite on the serverless home) or `all`.
# Says at the end what failed, and fails when anything did.
set -u
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=()

step() {
    local name=$1
    shift
    local start=$SECONDS
    echo "== $name"
    if ! "$@"; then
        failed+=("$name")
    fi
    echo "   ($((SECONDS - start)) s)"
}

pytest=("$bin/pytest" -q -p no:cacheprovider)
on_aws=("${pytest[@]}" tests/conformance --aws --timeout 600)

# The serverless home as a whole, in emulators, which it waits for half of the time: so it is a third beside the two cores'.
serverless() {
    "${on_aws[@]}"
    local ended=$?
    "${pytest[@]}" tests/aws || ended=1
    return $ended
}

# What was begun in the background: says what it said, and how it ended.
await() {
    wait "$1"
    local ended=$?
    cat "$2"
    rm -f "$2"
    return $ended
}

finish() {
    if [ ${#failed[@]} -gt 0 ]; then
        echo
        printf 'Failed: %s\n' "${failed[@]}"
        exit 1
    fi
    echo
    echo "All of it passed."
    exit 0
}

if [ "$1" = aws ]; then
    step "conformance of the serverless home, in an emulator" "${on_aws[@]}"
    finish
fi

if [ "$1" = all ]; then
    rm -f .coverage .coverage.*
    said=$(mktemp)
    # With a process group of its own, which ends as a whole when this script does.
    set -m
    serverless >"$said" 2>&1 &
    aws=$!
    set +m
    trap 'kill -- -$aws 2>/dev/null' EXIT
fi
step "format" $bin/ruff format --check --quiet src tests bench scripts examples
step "lint" $bin/ruff check --quiet src tests bench scripts examples
step "directions of import" $bin/lint-imports --no-cache
step "types" $bin/mypy
if [ "$1" = quick ]; then
    step "units" $bin/pytest -q -n auto -m "not slow" tests/domain tests/services tests/api
    step "the house: names, sizes, folders" $bin/pytest -q -n auto tests/tidy
else
    if [ -d web ]; then
        step "web client: types and units" $bin/python scripts/web_tests.py
    fi
    # A file at a time on each core: see tests/conftest.py. Three or four processes for two cores were tried: no sooner.
    step "tests" $bin/pytest -q tests --ignore tests/aws -n auto --durations=20 --cov --cov-report=
    step "the serverless home, in emulators" await $aws "$said"
    step "coverage of all: 90 %" $bin/coverage report --fail-under=90
    step "coverage of the domain: 100 % of branches" $bin/coverage report --include='src/tertulia/domain/*' --fail-under=100
fi

finish
