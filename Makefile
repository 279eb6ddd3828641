# Everything works from a clean checkout: targets fetch what they need into
# .cache, by pinned hash, and are quick when it is there.
.DEFAULT_GOAL := help
.PHONY: help reset deps deps-check deps-pii pii build up check test e2e torture hunt screenshots bench fmt fmt-check vet lint clean need-go

# Absolute, because tests run in the folders of their packages. Each of them
# can be set to a part that is installed already.
CACHE            := .cache
ENVOY            ?= $(CURDIR)/$(CACHE)/envoy/envoy
CHDB_LIB_PATH    ?= $(CURDIR)/$(CACHE)/chdb/libchdb.so
CHROMIUM         ?= $(CURDIR)/$(CACHE)/chromium/chrome
PYTHON           ?= $(CURDIR)/$(CACHE)/venv/bin/python
PYTHON_LANGCHAIN ?= $(CURDIR)/$(CACHE)/venv-langchain/bin/python
STRIPE_NODE      ?= $(CURDIR)/$(CACHE)/stripe-node
STRIPE_MOCK      ?= $(CURDIR)/$(CACHE)/bin/stripe-mock
export CACHE ENVOY CHDB_LIB_PATH CHROMIUM PYTHON PYTHON_LANGCHAIN STRIPE_NODE STRIPE_MOCK

# The race detector sees Go's memory alone. SQLite is C, translated to Go, and its
# memory is not Go's: watched, it is four times as slow and nothing is found.
# wazero compiles and runs a test's program in one goroutine, and takes long as well.
RACE   := -race -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=github.com/tetratelabs/wazero/...=-race=false

# Packages in which tests wait most begin first, so that others run beside them.
PKG    ?= ./test/e2e ./test/agents ./approvald/... ./...
GOFILES = $(shell git ls-files --cached --others --exclude-standard '*.go')

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

deps: ## Fetch what `up` needs: Envoy and the ClickHouse engine
	@sh scripts/deps/envoy.sh
	@if [ -z "$$CLICKHOUSE_URL" ]; then sh scripts/deps/chdb.sh; fi

deps-check: ## Fetch what `check` needs besides: SDKs, stripe-mock, agent frameworks, linter, Chromium
	@$(MAKE) --no-print-directory -j part-envoy part-chdb part-venv part-stripe-node part-stripe-mock part-postgres part-golangci-lint part-chromium

part-%: # beside each other: some wait for the network while others build
	@sh scripts/deps/$*.sh

deps-pii: ## Fetch the finders that `pii` measures beside ours
	@sh scripts/deps/pii-peers.sh

build: need-go ## Build the programs and the mask into bin/
	@mkdir -p bin
	go build -trimpath -o bin/sallyport ./cmd/sallyport
	go build -trimpath -o bin/sallyport-chdb ./cmd/sallyport-chdb
	go build -trimpath -o bin/provider ./examples/provider/cmd/provider
	GOOS=wasip1 GOARCH=wasm go build -trimpath -buildmode=c-shared -ldflags='-s -w' -pgo=wasm/mask.pgo -o bin/mask.go.wasm ./wasm
	go run -trimpath ./scripts/wasmflow bin/mask.go.wasm bin/mask.wasm

up: deps build ## Run the gateway with the example tenants and provider (UP='--flag …')
	bin/sallyport up --examples $(UP)

reset: ## Forget the data of `make up`: keys, ledger, records
	rm -rf .sallyport

check: deps-check fmt-check build vet lint test ## Check everything: format, build, vet, lint, race tests, end to end

test: need-go ## Run all tests with the race detector (PKG=./internal/... for some)
	go run -trimpath ./scripts/test $(RACE) -vet off -timeout 15m $(PKG)

screenshots: deps-check ## Make the documentation's pictures of the Desk anew
	@sh scripts/deps/cjk-font.sh
	SCREENSHOTS=$(CURDIR)/docs/images go test -count 1 -run TestOneScreen ./approvald/desk

e2e: deps-check build ## Run the end-to-end tests only
	go run -trimpath ./scripts/test $(RACE) -vet off -timeout 15m -count 1 ./test/...

torture: deps-check build ## Break everything at random and count what was done (ROUNDS=1000, SALLYPORT_SEED=N)
	@mkdir -p out
	@ROUNDS=$(or $(ROUNDS),1000) go test ./test/torture -run '^TestTorture$$' -count 1 -timeout 6h -v >out/torture.log 2>&1; code=$$?; \
	grep '^SALLYPORT_SEED=' out/torture.log; [ $$code = 0 ] || tail -60 out/torture.log; \
	grep -E '^[0-9]+ rounds, ' out/torture.log | tail -1; exit $$code

hunt: deps ## Send the mask answers with planted values at random, and look for each of them (ROUNDS=1000, SALLYPORT_SEED=N)
	@mkdir -p out
	@HUNT_ROUNDS=$(or $(ROUNDS),1000) SALLYPORT_SEED=$${SALLYPORT_SEED:-$$(date +%s)} go test ./wasm -run '^TestMaskInEnvoy$$/^hunt$$' -count 1 -timeout 6h -v >out/hunt.log 2>&1; code=$$?; \
	grep -o 'SALLYPORT_SEED=.*' out/hunt.log; [ $$code = 0 ] || grep -E 'hunt_[a-z_]*test.go' out/hunt.log | tail -60; \
	grep -oE '[0-9]+ rounds, .*' out/hunt.log | tail -1; exit $$code

bench: deps build ## Measure (SUITE=direct for one) into out/bench.jsonl
	@mkdir -p out && rm -f out/bench.jsonl
	go test ./test/bench -run '^$$' -bench '(?i)$(or $(SUITE),.)' -benchtime 1x -timeout 60m
	@[ -s out/bench.jsonl ] || { echo 'nothing was measured: no suite is named $(SUITE)' >&2; exit 1; }

pii: need-go ## Measure what is found of personal data, beside other finders, into out/pii.txt
	@sh scripts/deps/pii-peers.sh || echo 'The other finders are not installed: ours is measured alone.' >&2
	@mkdir -p out
	@go run ./test/pii -python '$(CACHE)/venv-pii/bin/python' >out/pii.txt || { cat out/pii.txt; exit 1; }
	@cat out/pii.txt

fmt: need-go ## Format all Go files
	gofmt -w $(GOFILES)

fmt-check: need-go
	@bad=$$(gofmt -l $(GOFILES)); [ -z "$$bad" ] || { printf 'not formatted, run "make fmt":\n%s\n' "$$bad"; exit 1; }

# With paths trimmed, as `build` trims them: every package is compiled once.
vet: need-go
	go vet -trimpath ./...
	GOOS=wasip1 GOARCH=wasm go vet -trimpath ./wasm/... ./internal/surrogate/...

# A cache of this checkout's own: findings in a shared one name files of another
# checkout, which may be gone, and what a comment there allows is then a finding.
lint: need-go ## Run the linters
	@sh scripts/deps/golangci-lint.sh
	GOFLAGS="$$GOFLAGS -trimpath" GOLANGCI_LINT_CACHE='$(abspath $(CACHE))/lint' $(CACHE)/bin/golangci-lint run

clean: ## Remove what was built; .cache and the data in .sallyport stay
	rm -rf bin out

need-go:
	@command -v go >/dev/null || { echo 'go is not installed: install Go 1.26 or newer and put it on PATH' >&2; exit 1; }
