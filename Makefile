# Every target that needs tools makes sure of them first; that is quick when
# there is nothing to do. `make help` lists the targets.

SHELL := /bin/sh
.DEFAULT_GOAL := help
GO := go
# Without the commit in the binaries, a commit that changes nothing rebuilds nothing.
BUILD := $(GO) build -buildvcs=false
CRANE := .crane/bin/crane

.PHONY: help up promote down test storm check bench tools binaries crane generate clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: tools ## Bring up staging on the local Cloudflare and show what runs
	@$(CRANE) up

promote: up ## Promote what staging runs to production, on the local Cloudflare
	@$(CRANE) release
	@$(CRANE) promote --first

down: tools ## Destroy staging on the local Cloudflare, its data included, and stop it
	@$(CRANE) down

test: tools check ## Run all tests, of the Go code and of the Workers
	@$(GO) test -shuffle=on -timeout 20m $(TESTFLAGS) ./...
	@cd workers && npm test --silent

storm: tools ## Run the long tests: dozens of killed updates, and the slower ways to production (half an hour)
	@$(GO) test ./cmd/crane ./internal/bench -run 'TestSession/(storm|interrupt|drift|fault|tokens|state|tools|receipts|layers|half|retire|night|deadlock|shell|sources|refuse|twenty|back)$$|TestFiles|TestRun' -count=1 -timeout 60m -args -storm

check: tools ## Check formatting, types, workflows and generated files
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	@$(GO) vet ./...
	@$(GO) tool actionlint -shellcheck= -pyflakes=
	@$(CRANE) generate --check
	@cd workers && npm run check --silent

# BENCHFLAGS="--runs 1 --workers 0" is quicker, "--help" lists what there is.
bench: tools ## Measure, beside wrangler, and write docs/performance.md (some minutes)
	@$(BUILD) -o .crane/build/bench ./cmd/bench
	@.crane/build/bench --markdown docs/performance.md $(BENCHFLAGS)

tools: binaries ## Find or build the tools: Pulumi, the Cloudflare plugin, npm packages
	@$(CRANE) tools

# One go build for all three, because each has to look at every package again.
binaries:
	@mkdir -p .crane/bin
	@test -x $(CRANE) || echo "building crane (a minute or two, once)"
	@$(BUILD) -o .crane/build/ ./cmd/crane ./cmd/pulumi-resource-cloudflare ./provider
	@ln -sf ../build/crane $(CRANE)
	@ln -sf ../.crane/build/provider provider/pulumi-resource-crane
	@test -x .crane/bin/infra || echo "compiling Cloudflare's Pulumi SDK (about three minutes, once)"
	@test -x .crane/bin/infra || $(BUILD) -o .crane/bin/infra ./infra

# For a job that needs no Pulumi, or has not chosen its commit yet.
crane:
	@mkdir -p .crane/bin
	@$(BUILD) -o .crane/build/ ./cmd/crane
	@ln -sf ../build/crane $(CRANE)

generate: binaries ## Write the files that follow from the fleet
	@$(CRANE) generate

clean: ## Remove everything that was built, and the local Cloudflare with its data
	@test ! -x $(CRANE) || $(CRANE) local stop
	@rm -rf .crane provider/pulumi-resource-crane workers/node_modules
