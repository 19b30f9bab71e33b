#!/usr/bin/env bash
# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

# Runs `parley serve --llm` against a real llama-server.
#
# The server is built from the sources that PyPI's llama-cpp-python carries, which takes a quarter of an hour or more on
# two processors, once; its model is made by tiny_model.py. LLAMA_SERVER names one that is there already.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/.build/backends
venv=$root/.venv/backends
sources=llama-cpp-python==0.3.36
mkdir -p "$work"

if [[ ! -x $venv/bin/cmake ]]; then
    python3 -m venv --clear "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check cmake ninja gguf
fi

server=${LLAMA_SERVER:-$work/build/bin/llama-server}
if [[ ! -x $server ]]; then
    rm -rf "$work/sdist"
    "$venv/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary llama-cpp-python \
        --dest "$work/sdist" "$sources"
    tar -xzf "$work"/sdist/*.tar.gz -C "$work/sdist" --strip-components 1
    # Only what serves on a processor, and not optimised: the model is tiny, and compiling is what takes time.
    PATH=$venv/bin:$PATH cmake -S "$work/sdist/vendor/llama.cpp" -B "$work/build" -G Ninja \
        -DCMAKE_BUILD_TYPE=None -DBUILD_SHARED_LIBS=OFF -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF \
        -DLLAMA_CURL=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF >"$work/cmake.log"
    PATH=$venv/bin:$PATH cmake --build "$work/build" --target llama-server
fi
"$venv/bin/python" "$here/tiny_model.py" "$work/tiny.gguf"

export LLAMA_SERVER=$server TINY_MODEL=$work/tiny.gguf
exec "$root/Tests/Interop/run.sh" "$here/check_llama_server.py" -c "$root/Tests/Interop/pytest.ini" \
    --rootdir "$root/Tests/Interop" "$@"
