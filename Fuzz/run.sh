#!/usr/bin/env bash
# Parley: Realtime voice server, doctor and client
# Copyright (c) the Parley authors
# SPDX-License-Identifier: Apache-2.0

# Builds the fuzzers and runs each for FUZZ_SECONDS (default 20); FUZZ_TARGETS names those to run (default: all).
#
# What was found useful is kept in Fuzz/.build/corpus and makes the next run begin further on. An input that breaks
# something is kept in Fuzz/crashes, and makes this fail. It needs libFuzzer, which the toolchains of swift.org have and
# Xcode's has not.
set -uo pipefail
cd "$(dirname "$0")"
seconds=${FUZZ_SECONDS:-20}
# The handler that prints Swift's backtraces does not come to an end under libFuzzer.
export SWIFT_BACKTRACE=enable=no

swift build -c release --product fuzz || exit
fuzz=$(swift build -c release --product fuzz --show-bin-path)/fuzz
python3 seeds.py .build/seeds || exit
mkdir -p crashes

failed=()
for target in ${FUZZ_TARGETS:-addresses appends backends certificates deflate events frames handshake heads reading recordings responses translation}; do
    mkdir -p ".build/corpus/$target"
    log=.build/$target.log
    # Leaks are not looked for: that takes rights which containers do not give.
    "$fuzz" "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -detect_leaks=0 \
        -artifact_prefix="crashes/$target-" -dict=.build/seeds/words.dict -verbosity=1 -print_final_stats=1 \
        ".build/corpus/$target" ".build/seeds/$target" >"$log" 2>&1
    if [ $? -eq 0 ]; then
        echo "$target: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") inputs," \
            "$(grep -o 'cov: [0-9]*' "$log" | tail -n 1 | cut -d ' ' -f 2) places reached, nothing found"
        continue
    fi
    failed+=("$target")
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    echo "$target: FAILED, see Fuzz/$log"
    grep -a -m 4 -e 'property does not hold' -e 'Fatal error' -e '^SUMMARY' "$log" | cut -c 1-400 | sed 's/^/    /'
    if [ -n "$input" ]; then
        echo "    again:   (cd Fuzz && SWIFT_BACKTRACE=enable=no '$fuzz' $target '$input')"
        echo "    smaller: add -minimize_crash=1 -max_total_time=60"
    fi
done
[ ${#failed[@]} -eq 0 ]
