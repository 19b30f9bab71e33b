# What the targets do is in CONTRIBUTING.md. Every target installs what it needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# zlib's headers are the one thing a build needs beside the toolchain.
BUILD_PACKAGES := zlib1g-dev=
SPEECH_PACKAGES := espeak-ng libflite1=flite libpocketsphinx3=cmu-pocketsphinx pocketsphinx-en-us=
TEST_PACKAGES := $(SPEECH_PACKAGES) chromium=chromium nodejs=node node-ws= golang-go=go \
	golang-github-gorilla-websocket-dev= haproxy apache2-bin=httpd nginx openssl python3-venv=python3 sox

SOURCES := Package.swift Sources Tests Examples Fuzz/Package.swift Fuzz/Sources
ARGS ?=
CASES ?= all
ROLES ?= server,client
COMPRESSION ?= off,on

# Groups of tests that run by themselves, behind the others: those with deadlines of seconds would miss them on full
# processors, and those that count the child processes of this process want nobody else's.
TESTS_APART := ^Parley(Conformance|Doctor|Server|Transport)Tests\. ^ParleyClientTests\. \.(Backend|HTTP|PipelineParts).*Tests/

.PHONY: help serve build test test-swift test-interop test-backends soak conformance-websocket fuzz bench bench-compare \
	docs format format-check

help:
	@echo "make serve [ARGS='--port 8080']   build and start the server"
	@echo "make test                         all tests; test-swift and test-interop are its parts"
	@echo "make test-backends                the pipeline with a real llama-server, built from source"
	@echo "make soak [ARGS='--sessions N']   50,000 broken sessions, after which nothing may be held"
	@echo "make conformance-websocket        the Autobahn suite, both roles; CASES=quick or patterns, ROLES, COMPRESSION"
	@echo "make fuzz [FUZZ_SECONDS=20]       fuzz what parses bytes from outside; FUZZ_TARGETS names some"
	@echo "make bench                        measure the server beside reference points; bench-compare: and compare"
	@echo "make format                       lay out the sources; format-check only looks"

serve:
	@scripts/install-packages $(BUILD_PACKAGES) $(SPEECH_PACKAGES)
	swift build --product parley -c release
	@exec "$$(swift build --product parley -c release --show-bin-path)/parley" serve $(ARGS)

build:
	@scripts/install-packages $(BUILD_PACKAGES)
	swift build

test: test-swift test-interop

test-swift:
	@scripts/install-packages $(BUILD_PACKAGES) $(SPEECH_PACKAGES)
	swift test --parallel $(foreach group,$(TESTS_APART),--skip '$(group)')
	$(foreach group,$(TESTS_APART),swift test --parallel --skip-build --filter '$(group)' &&) true

test-interop:
	@scripts/install-packages $(BUILD_PACKAGES) $(TEST_PACKAGES)
	swift build --product parley
	Tests/Interop/run.sh

test-backends:
	@scripts/install-packages $(BUILD_PACKAGES) espeak-ng python3-venv=python3
	swift build --product parley
	Tests/Backends/run.sh

soak:
	@scripts/install-packages $(BUILD_PACKAGES) $(SPEECH_PACKAGES) python3
	swift build --product parley -c release
	@PARLEY_BIN="$$(swift build --product parley -c release --show-bin-path)/parley" Tests/Interop/soak.py $(ARGS)

conformance-websocket:
	@scripts/install-packages $(BUILD_PACKAGES) python3
	swift build --product parley -c release
	Tests/Conformance/websocket.py --cases '$(CASES)' --roles '$(ROLES)' --compression '$(COMPRESSION)'

fuzz:
	@scripts/install-packages $(BUILD_PACKAGES) python3
	Fuzz/run.sh

# The result of this run; the committed one to compare with is Benchmarks/results/baseline.json.
BENCH_OUT ?= .build/bench/result
BENCH_ROUNDS ?= 3

bench:
	@scripts/install-packages $(BUILD_PACKAGES) gcc=python3 python3-venv=python3 nodejs=node node-ws= haproxy
	swift build --product parley -c release
	Benchmarks/run.sh measure --rounds $(BENCH_ROUNDS) --out $(BENCH_OUT).json --html $(BENCH_OUT).html

# BENCH_FILE names a result that is there already; without it, it is measured anew.
bench-compare:
	@[ -n "$(BENCH_FILE)" ] || $(MAKE) bench
	@Benchmarks/run.sh compare Benchmarks/results/baseline.json "$(or $(BENCH_FILE),$(BENCH_OUT).json)"

docs:
	swift run parley failure-pages docs/failures

format:
	swift format --in-place --recursive --parallel $(SOURCES)

format-check:
	swift format lint --strict --recursive --parallel $(SOURCES)
