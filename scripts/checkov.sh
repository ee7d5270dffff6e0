#!/bin/sh
# Reads the template with checkov. It brings a hundred packages, 290 MB, so it has an environment of its own and is not
# part of `make test`. What it may find is in infra/checkov.yaml, with the reason.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x .venv-checkov/bin/checkov ]; then
    python3 -m venv .venv-checkov
    .venv-checkov/bin/python -m pip install --quiet 'checkov>=3.2,<4'
fi
exec .venv-checkov/bin/checkov --config-file infra/checkov.yaml --file infra/template.yaml
