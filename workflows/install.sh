#!/usr/bin/env bash
# Installs the maintainer that this script came with into a virtual environment: `bash install.sh FOLDER`; with what
# `verify` looks with: `bash install.sh FOLDER verify`.
# What it depends on is pinned by hash and comes as wheels, so nothing of theirs runs; it itself is built from here,
# without an index. pip's own variables say which index (PIP_INDEX_URL) or folder (PIP_FIND_LINKS, PIP_NO_INDEX).
set -euo pipefail

source=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:?name the folder of the virtual environment}
lock=$source/requirements-${2:-run}.lock

if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "maintainer needs Python 3.11 or newer; python3 is $(python3 --version 2>&1)." >&2
  exit 3
fi
# -P: a pip.py or venv.py in the folder we stand in is the site's, not Python's.
python3 -P -m venv --clear "$folder"
pip=("$folder/bin/python" -P -m pip --quiet --disable-pip-version-check --no-input install)
"${pip[@]}" --require-hashes --only-binary :all: --requirement "$lock"
"${pip[@]}" --no-index --no-deps --no-build-isolation "$source"
