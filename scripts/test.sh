#!/bin/bash
# Runs the tests: `quick` (format, lint, types, units) or `all`. Says at the end what failed, and fails when anything did.
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

step "format" $bin/ruff format --check --quiet src tests bench scripts examples
step "lint" $bin/ruff check --quiet src tests bench scripts examples
step "directions of import" $bin/lint-imports --no-cache
step "types" $bin/mypy
if [ "$1" = quick ]; then
    step "units" $bin/pytest -q -m "not slow and not browser" tests/domain tests/services tests/api tests/contracts tests/tidy
else
    if [ -d web ]; then
        step "web client: types and units" $bin/python scripts/web_tests.py
    fi
    rm -f .coverage .coverage.*
    # Two at a time, on two cores: what talks to a whole system from outside, and the rest.
    logs=$(mktemp -d)
    echo "== tests, in two processes"
    start=$SECONDS
    outside=(tests/browser tests/conformance tests/faults tests/history)
    $bin/coverage run -m pytest -q "${outside[@]}" --durations=8 >"$logs/outside" 2>&1 &
    first=$!
    $bin/coverage run -m pytest -q tests "${outside[@]/#/--ignore=}" --durations=8 >"$logs/inside" 2>&1 &
    second=$!
    wait $second || failed+=("tests of the parts")
    cat "$logs/inside"
    wait $first || failed+=("tests of the whole")
    cat "$logs/outside"
    rm -r "$logs"
    echo "   ($((SECONDS - start)) s)"
    $bin/coverage combine --quiet >/dev/null 2>&1
    step "coverage of all: 90 %" $bin/coverage report --fail-under=90
    step "coverage of the domain: 100 % of branches" $bin/coverage report --include='src/tertulia/domain/*' --fail-under=100
fi

if [ ${#failed[@]} -gt 0 ]; then
    echo
    printf 'Failed: %s\n' "${failed[@]}"
    exit 1
fi
echo
echo "All of it passed."
