# Tools are pinned here and not in go.mod, where a linter alone would multiply the lines of go.sum.
GO            ?= go
GOLANGCI_LINT := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
GOFUMPT       := $(GO) run mvdan.cc/gofumpt@v0.12.0
DEADCODE      := $(GO) run golang.org/x/tools/cmd/deadcode@v0.52.0

BIN      := bin/daybook
FUZZTIME ?= 60s
EFFORT   ?= few

# Where goroutines meet: the engine and the stores with all their tests, and whole runs with several workers and processes. So
# much make test does with the race detector, which makes a run six times as slow. make race, which .ci/run adds, does the rest
# but for PLAIN: books that are billed by the thousand, one after the other, and what measures memory. Vet is the linter's.
MEET     := ./pipeline/run ./pipeline/store ./pipeline/ingest ./pipeline/dataset/shuffle
WHOLE    := ^(TestSame.*|TestTwoAtOnce|TestLargestFirst|TestNothingIsLost)$$
PLAIN    := ^(TestEveryKeyCounts|TestWhatCompilesIsRated|TestSoundBooksRun|TestFactsDecide|TestMemoryIsBounded|TestMemoryOfObjects|TestMemoryStaysFlat|TestManifestsAreParted)$$

# All other packages, of which make test does nothing with the race detector.
APART     = $(shell $(GO) list ./... | sed 's,^daybook/,./,' | grep -vxF $(MEET:%=-e %) -e ./pipeline)

# Tests write much, keep none of it and end soon: they write to memory where the machine has some GiB of it to spare, and what is
# left of them goes with their directory; and they collect their garbage less often. Together that is two fifths of their CPU.
MEMORY   := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4194304 { print "/dev/shm/" }')
BRIEFLY   = dir=$$(mktemp -d $(MEMORY:%=%daybook-XXXXXX)) && chmod 755 "$$dir" && trap 'rm -rf "$$dir"' EXIT && export TMPDIR="$$dir" GOGC=400 &&

# A python with the libraries by which peers write, for the files of theirs that are read by chance; empty where there is none.
WRITERS   = $(shell python3 -c 'import duckdb, pandas, pyarrow' 2>/dev/null && command -v python3)

.DEFAULT_GOAL := help
.PHONY: help build run test race soak lint fmt fuzz bench microbench deadcode clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build bin/daybook
	$(GO) build -trimpath -o $(BIN) ./cmd/daybook

run: build ## make the worked example under out and do its bill run
	$(GO) run ./fixtures/generate example --out out/example
	$(BIN) run out/example --period 2024-09 --store out/store

test: ## run all tests, in random order, and with the race detector where goroutines meet; EFFORT=tenth or all repeats the random ones more often
	$(BRIEFLY) DAYBOOK_EFFORT=$(EFFORT) $(GO) test -shuffle=on -vet=off -timeout 1h ./...
	$(BRIEFLY) $(GO) test -race -shuffle=on -vet=off -timeout 1h -skip '$(PLAIN)' $(MEET)
	$(BRIEFLY) $(GO) test -race -shuffle=on -vet=off -timeout 1h -run '$(WHOLE)' ./pipeline

race: ## run with the race detector what make test runs without it, but for what it would only slow down or falsify
	$(BRIEFLY) $(GO) test -race -shuffle=on -vet=off -timeout 1h -skip '$(PLAIN)' $(APART)
	$(BRIEFLY) $(GO) test -race -shuffle=on -vet=off -timeout 1h -skip '$(PLAIN)|$(WHOLE)' ./pipeline

soak: ## run all tests with every repetition of the random and destructive ones, then with the race detector; takes hours
	$(BRIEFLY) DAYBOOK_EFFORT=all DAYBOOK_PYTHON="$${DAYBOOK_PYTHON:-$(WRITERS)}" $(GO) test -shuffle=on -vet=off -timeout 24h ./...
	$(BRIEFLY) DAYBOOK_EFFORT=tenth $(GO) test -race -shuffle=on -vet=off -timeout 24h -skip '$(PLAIN)' ./...

lint: ## check the house style
	$(GOLANGCI_LINT) run ./...
	@unformatted=$$($(GOFUMPT) -l .) && test -z "$$unformatted" || { echo "not formatted, run make fmt:" $$unformatted; exit 1; }

fmt: ## format all Go files
	$(GOFUMPT) -w .

# One target a line: the package directory and the target's name. Left to itself, Go spends up to a minute on making one
# interesting input smaller, and then nothing else is tried in a target's minute.
fuzz: ## fuzz every target for FUZZTIME (60s, or 5000x for so many inputs), one after the other
	@grep -rho --include='*_test.go' --with-filename '^func Fuzz[A-Za-z0-9_]*' . | sort | \
	while IFS=: read -r file name; do \
		name=$${name#func }; \
		echo "$$(dirname $$file) $$name"; \
		$(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$(dirname $$file)" </dev/null || exit 1; \
	done

bench: ## measure the night run against DuckDB and chDB; flags in BENCH, such as BENCH="--rows 1000000 --runs 1"
	$(GO) run ./fixtures/bench $(BENCH)

microbench: ## run the Go benchmarks of every package
	$(GO) test -run '^$$' -bench . ./...

deadcode: ## list functions that no program and no test reaches
	$(DEADCODE) -test ./...

clean: ## remove what the other targets make
	rm -rf bin out bench
