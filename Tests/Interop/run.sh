#!/usr/bin/env bash
# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

# Runs real Realtime clients against `parley serve`.
#
#   Tests/Interop/run.sh [pytest arguments]
#
# PARLEY_BIN                the server to test (default: .build/debug/parley)
# PARLEY_REFERENCE_CLIENT   a copy of openai-realtime-api-beta, to run that client too
# PARLEY_DOCTOR_SCENARIOS   a folder of failing servers, to try the doctor on (see doctor_scenarios.py)
# PARLEY_HANDSHAKE_SERVER   a server that answers upgrades in many ways (see test_handshake_answers.py)
# CI=true                   a test that would be skipped for a missing program fails

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
venv=$root/.venv/interop

# The programs of the tests, and the Debian packages they come in.
install_packages() {
    local missing=()
    command -v espeak-ng >/dev/null || missing+=(espeak-ng)
    command -v sox >/dev/null || missing+=(sox)
    command -v openssl >/dev/null || missing+=(openssl)
    command -v nginx >/dev/null || [[ -x /usr/sbin/nginx ]] || missing+=(nginx-light)
    command -v chromium >/dev/null || command -v google-chrome >/dev/null || missing+=(chromium)
    command -v haproxy >/dev/null || [[ -x /usr/sbin/haproxy ]] || missing+=(haproxy)
    command -v apache2 >/dev/null || [[ -x /usr/sbin/apache2 ]] || missing+=(apache2-bin)
    command -v node >/dev/null || missing+=(nodejs)
    [[ -d /usr/share/nodejs/ws ]] || missing+=(node-ws)
    command -v go >/dev/null || missing+=(golang-go)
    [[ -d /usr/share/gocode/src/github.com/gorilla/websocket ]] || missing+=(golang-github-gorilla-websocket-dev)
    python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
    [[ ${#missing[@]} -gt 0 ]] || return 0

    local root_do=()
    if [[ $EUID -ne 0 ]]; then
        if ! sudo -n true 2>/dev/null; then
            echo "interop: missing and not installed, as this needs root: ${missing[*]}" >&2
            return 0
        fi
        root_do=(sudo -n)
    fi
    if ! command -v apt-get >/dev/null; then
        echo "interop: missing, and there is no apt-get: ${missing[*]}" >&2
        return 0
    fi
    echo "interop: installing ${missing[*]}" >&2
    "${root_do[@]}" apt-get update -qq >&2 || true
    local package
    for package in "${missing[@]}"; do
        "${root_do[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >&2 ||
            echo "interop: $package could not be installed; its tests will be skipped" >&2
    done
}

# A virtual environment with exactly the pinned packages; it is made anew when the list has changed.
prepare_python() {
    local wanted
    wanted=$(cksum <"$here/requirements.txt")
    if [[ ! -x $venv/bin/pytest || $(cat "$venv/requirements.cksum" 2>/dev/null) != "$wanted" ]]; then
        python3 -m venv --clear "$venv"
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
        printf '%s' "$wanted" >"$venv/requirements.cksum"
    fi
}

install_packages
prepare_python

export PARLEY_BIN=${PARLEY_BIN:-$root/.build/debug/parley}
PARLEY_BIN=$(realpath -m "$PARLEY_BIN")
export PYTHONDONTWRITEBYTECODE=1
cd "$here"
exec "$venv/bin/python" -m pytest -p no:cacheprovider "$@"
