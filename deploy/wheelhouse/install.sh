#!/bin/sh
# Install adclassifier from this folder alone: no internet is asked for.
# Usage: sh install.sh [environment folder]          (PYTHON=python3.12 chooses another Python)
set -eu
here=$(cd "$(dirname "$0")" && pwd)
environment=${1:-$here/adclassifier-env}
${PYTHON:-python3} -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check \
    --no-index --find-links "$here" --constraint "$here/constraints.txt" 'adclassifier[api]'
"$environment/bin/adclassifier" --version
echo "$environment/bin/adclassifier --help"
