#!/usr/bin/env bash
# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

# Prepares what the benchmarks need and runs run.py with the arguments given.
#
#   Benchmarks/run.sh measure --out FILE.json [--html FILE] [--rounds N] [--seconds S]
#   Benchmarks/run.sh compare BASE.json NEW.json
#
# PARLEY_BIN    the build to measure (default: .build/release/parley)

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/.." && pwd)
venv=$root/.venv/bench
# The version that the interop tests use.
library=$(grep '^websockets==' "$root/Tests/Interop/requirements.txt")

if [[ ${1:-} == measure ]]; then
    shift
    mkdir -p "$root/.build/bench"
    cc -O2 -o "$root/.build/bench/floor" "$here/servers/floor.c"
    if [[ $(cat "$venv/library" 2>/dev/null) != "$library" ]]; then
        python3 -m venv --clear "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$library"
        printf '%s' "$library" >"$venv/library"
    fi
    exec "$venv/bin/python" "$here/run.py" measure --parley "${PARLEY_BIN:-$root/.build/release/parley}" \
        --floor "$root/.build/bench/floor" "$@"
fi
exec python3 "$here/run.py" "$@"
