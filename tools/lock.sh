#!/usr/bin/env bash
# Writes requirements.lock (wheels) and requirements-sdist.lock (what has to be built): each
# package that the kit, its demo and its tests need, by version and hash, for every platform,
# with no download address. The same for .venv-replay, in which other people's programs replay
# web archives, and for .venv-rivals, whose programs bench compares with. Needs uv (`pip install uv`).
#
#   tools/lock.sh              keeps the versions that still fit pyproject.toml
#   tools/lock.sh --upgrade    takes the newest ones
set -euo pipefail
cd "$(dirname "$0")/.."

lock() {
  uv pip compile --universal --python-version 3.11 --no-config --generate-hashes \
    --default-index https://pypi.org/simple --custom-compile-command tools/lock.sh --quiet "$@"
}

lock pyproject.toml --group dev --only-binary :all: --output-file requirements.lock "$@"
lock --group dev-sdist --no-deps --output-file requirements-sdist.lock "$@"
lock --group replay --only-binary :all: --no-binary surt \
  --no-emit-package surt --output-file requirements-replay.lock "$@"
lock --group rivals --only-binary :all: --output-file requirements-rivals.lock "$@"
lock --group replay-sdist --no-deps --output-file requirements-replay-sdist.lock "$@"
