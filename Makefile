# Everything here does its own set-up on a machine with Go, make and Python 3.
GO      ?= go
BIN     := bin/bixi
PYTHON  ?= python3
VENV    := .venv
SF      ?= 1
SEED    ?= 1
TESTDATA := bench/data/tpch-sf0.1 bench/data/tpcds-sf0.01
VERSION ?= $(shell git describe --tags --always 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)

.DEFAULT_GOAL := help
.PHONY: help build release demo test short check lint generated race modes sim chaos fuzz fuzz-slice bench bench-suites bench-sf10 bench-tpch bench-tpcds bench-quick bench-wordcount identity clean

help: ## show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-15s %s\n", $$1, $$2}'

build: ## build bin/bixi
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/bixi

# A profile of the program that is there says which calls to inline and which branches
# to expect in the one that is built.
PROFILES := bench/data/tpch.pprof bench/data/tpcds.pprof

release: build $(VENV)/ready ## bin/bixi as it is shipped: built by a profile of TPC-H and TPC-DS, some minutes
	mkdir -p bench/data
	$(BIN) bench tpch --sf 0.1 --over parquet --runs 10 --profile $(word 1,$(PROFILES))
	$(BIN) bench tpcds --sf 0.1 --over parquet --runs 3 --profile $(word 2,$(PROFILES))
	$(GO) tool pprof -proto $(PROFILES) > bench/data/release.pgo
	CGO_ENABLED=0 $(GO) build -trimpath -pgo=$(CURDIR)/bench/data/release.pgo -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/bixi

bin/wordcount: $(wildcard examples/mapreduce/wordcount/*.go mapreduce/*.go)
	CGO_ENABLED=0 $(GO) build -trimpath -o $@ ./examples/mapreduce/wordcount

demo: build bin/wordcount ## load a partitioned table, query it, count words: a tour in a minute
	$(BIN) demo --wordcount bin/wordcount

test: $(TESTDATA) ## run every test that belongs in a normal run
	$(GO) test ./...
	$(GO) test -run '^$$' -fuzz FuzzParsePrint -fuzztime 10s ./sql/syntax
	$(MAKE) fuzz-slice

check: lint generated ## formatting, vet, imports, generated files

lint: ## gofmt, vet
	@out=$$(gofmt -l $$(git ls-files '*.go' | grep -v '\.pb\.go$$')); if [ -n "$$out" ]; then echo "not formatted:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) test -run 'TestImports|TestDocs' .

generated: ## generated documents are up to date
	$(GO) test -run 'Generated' ./...

race: ## tests of the concurrent rooms under the race detector
	$(GO) test -race ./shuffle/... ./worker/... ./mapreduce/... ./server/...

modes: ## the SQL corpus in every mode
	BIXI_MODES=all $(GO) test -count=1 -timeout 60m ./server/...

sim: ## 5,000 seeds of the cluster simulation
	$(GO) test -count=1 -timeout 60m -run TestSimulation ./mapreduce/master -seeds 5000

chaos: ## real processes, killed while they work
	BIXI_CHAOS=1 $(GO) test -count=1 -timeout 60m -run Chaos ./cmd/bixi/...

fuzz: $(VENV)/ready ## 100,000 random queries against DuckDB and in all modes; the parser too
	$(GO) test -count=1 -timeout 4h -v ./bench/fuzz -seed $(SEED) -queries 100000
	$(GO) test -count=1 -v ./bench/standard -seed $(SEED) -queries 100000
	$(GO) test -run '^$$' -fuzz FuzzParsePrint -fuzztime 60s ./sql/syntax

fuzz-slice: $(VENV)/ready ## two minutes of random queries
	$(GO) test -count=1 -timeout 20m -v ./bench/fuzz -seed 1 -queries 4000

$(VENV)/ready: bench/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r bench/requirements.txt
	@touch $@

# Small data sets of TPC-H and TPC-DS for the tests that need more than a few rows.
bench/data/%: | $(VENV)/ready
	rm -rf $@.part
	$(VENV)/bin/tpcgen-cli $(word 1,$(subst -sf, ,$*)) parquet --scale-factor $(word 2,$(subst -sf, ,$*)) --output-dir $@.part
	mv $@.part $@

# Each suite leaves its measurements in RESULTS; one that fails is reported and the next runs.
RESULTS := bench/data/results
MEASURE  = $(BIN) bench
PARQUET  = --over parquet --peers duckdb

bench: bench-suites $(if $(SF10),bench-sf10) ## all suites and the tables of docs/performance.md: an hour, with SF10=1 two
	$(MEASURE) report $(RESULTS)/*.json

bench-suites: release
	mkdir -p $(RESULTS)
	-$(MEASURE) start --json $(RESULTS)/start.json
	-$(MEASURE) scan --peers duckdb --runs 5 --json $(RESULTS)/scan.json
	-$(MEASURE) tpch $(PARQUET) --runs 5 --json $(RESULTS)/tpch-sf1.json
	-$(MEASURE) tpcds $(PARQUET) --json $(RESULTS)/tpcds-sf1.json
	-$(MEASURE) groupby $(PARQUET) --json $(RESULTS)/groupby.json
	-$(MEASURE) sort --peers duckdb --json $(RESULTS)/sort.json
	-$(MEASURE) tpch --over parquet --limit 64mb --runs 2 --json $(RESULTS)/memory-sf1.json
	-$(MEASURE) tpch --over parquet --peers spark --json $(RESULTS)/spark.json

bench-sf10: bench-suites
	-$(MEASURE) tpch --sf 10 $(PARQUET) --json $(RESULTS)/tpch-sf10.json
	-$(MEASURE) tpch --sf 10 --over parquet --limit 300mb --runs 2 --json $(RESULTS)/memory-sf10.json

bench-tpch: build $(VENV)/ready ## TPC-H at SF (default 1) against DuckDB on the same Parquet files
	$(MEASURE) tpch --sf $(SF) $(PARQUET)

bench-tpcds: build $(VENV)/ready ## TPC-DS at SF (default 1) against DuckDB on the same Parquet files
	$(MEASURE) tpcds --sf $(SF) $(PARQUET)

bench-quick: build $(VENV)/ready ## ratios of a subset, in a few minutes; fails on nothing
	-$(MEASURE) start
	-$(MEASURE) scan --sf 0.1 --peers duckdb
	-$(MEASURE) tpch --sf 0.1 $(PARQUET) --queries q1,q3,q5,q6,q9,q13,q18,q21
	-$(MEASURE) tpcds --sf 0.1 $(PARQUET) --queries q3,q7,q17,q22,q47,q51,q64,q67,q72,q78,q95
	-$(MEASURE) groupby --rows 1000000 $(PARQUET)
	-$(MEASURE) sort --mb 200 --memory 128mb --runs 1 --peers duckdb

bench-wordcount: build ## MapReduce word count of 200 MB against tr, sort and uniq
	$(BIN) bench wordcount --peers coreutils

identity: build $(VENV)/ready ## all queries of TPC-H and TPC-DS at SF: the same bytes in ten modes, DECIMAL and DOUBLE
	$(BIN) bench tpch --sf $(SF) --identity
	$(BIN) bench tpcds --sf $(SF) --identity

clean: ## remove what was built and generated
	rm -rf bin .demo bixi-data
