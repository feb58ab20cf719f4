# Plumbline. “make” builds, “make run” starts it, “make test” checks everything.

VERSION ?= 0.1.0
BIN     ?= bin

LDFLAGS := -s -w -X main.version=$(VERSION)
WINDOW  := desktop,production,webkit2_41
GO_BUILD := go build -trimpath -buildvcs=false
TOOL    := go tool -modfile=build/tools/go.mod
# These tests start processes and make folders by the thousand; the race detector
# would only make them slow. What they call is run with it by all the others.
PROOFS  := ^Test(PowerCut|Kill|AnyDamage|NothingAcknowledgedIsLost)
PAGES   := frontend/dist/index.html
MODULES := frontend/node_modules/.package-lock.json
E2E_MODULES := build/e2e/node_modules/.package-lock.json

.DEFAULT_GOAL := build
.NOTPARALLEL:
.PHONY: build run test check audit windows ollama unit proofs torture vitest e2e smoke bench dist deps bindings icons clean help FORCE

help: ## List the targets.
	@sed -n 's/^\([a-z0-9]*\):.*## \(.*\)/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

deps: ## Install what building and testing need.
	@build/deps.sh

# --- building ---------------------------------------------------------------

build: $(BIN)/plumbline $(BIN)/plumbline-desktop ## Build the commands and the window into bin/.

$(BIN)/plumbline: $(PAGES) FORCE
	CGO_ENABLED=0 $(GO_BUILD) -ldflags "$(LDFLAGS)" -o $@ .

$(BIN)/plumbline-desktop: $(PAGES) FORCE
	$(GO_BUILD) -tags $(WINDOW) -ldflags "$(LDFLAGS)" -o $@ .

$(MODULES): frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund --loglevel=error

$(PAGES): $(MODULES) $(shell find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -print)
	cd frontend && npm run --silent build -- --logLevel error

bindings: ## Write frontend/wailsjs anew from the Go types.
	tsoutputtype=interfaces go run -tags bindings .

icons: ## Draw the icons anew.
	build/icons/make.sh

run: ## Open the window; without a display, serve and print the link.
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname)" = Darwin ]; then \
		$(MAKE) --no-print-directory build && exec $(BIN)/plumbline-desktop; \
	else \
		$(MAKE) --no-print-directory $(BIN)/plumbline && exec $(BIN)/plumbline serve; \
	fi

# --- testing ----------------------------------------------------------------

test: deps check windows ollama unit proofs vitest e2e smoke ## Check and test everything, as CI does.

check: $(PAGES) ## Format, vet, lint and type-check; compare the bindings.
	@echo "gofmt"; test -z "$$(gofmt -l main.go layers_test.go app backend build frontend/*.go prompts | tee /dev/stderr)"
	go vet ./...
	go vet -tags $(WINDOW) . ./app/desktop
	GOOS=windows CGO_ENABLED=0 go vet ./app/... ./backend/...
	$(TOOL) staticcheck ./...
	$(TOOL) staticcheck -tags $(WINDOW) . ./app/desktop
	cd frontend && npm run --silent check && npm run --silent lint
	build/bindings.sh

windows: $(PAGES) ## Cross-build both programs for Windows.
	CGO_ENABLED=0 GOOS=windows $(GO_BUILD) -ldflags "$(LDFLAGS)" -o $(BIN)/windows/plumbline.exe .
	CGO_ENABLED=0 GOOS=windows $(GO_BUILD) -tags desktop,production -ldflags "$(LDFLAGS) -H windowsgui" -o $(BIN)/windows/plumbline-desktop.exe .

ollama: $(BIN)/ollamatest ## Build the Ollama server of the tests, once; it is kept in the user's cache.
	$(BIN)/ollamatest build

# The tests that kill do so 220 times in all, and this many times that here.
TORTURE ?= 10

torture: ## Kill the app at work, more than 2,000 times.
	PLUMBLINE_TORTURE=$(TORTURE) go test -count=1 -timeout 4h -run 'Kill|NothingAcknowledgedIsLost' ./backend/store ./backend/history ./backend/engine

unit: $(PAGES) ## Run the Go tests with the race detector.
	go test -race -timeout 30m -skip '$(PROOFS)' ./...

proofs: ## Cut the power, kill processes and damage files at every point: nothing acknowledged may be lost.
	go test -count=1 -timeout 30m -run '$(PROOFS)' ./backend/store ./backend/history/... ./backend/engine

vitest: $(MODULES) ## Run the front end's own tests.
	cd frontend && npm test --silent

$(E2E_MODULES): build/e2e/package-lock.json
	cd build/e2e && npm ci --no-audit --no-fund --loglevel=error

$(BIN)/ollamatest: FORCE
	$(GO_BUILD) -o $@ ./backend/llm/ollamatest/cmd/ollamatest

e2e: $(BIN)/plumbline $(BIN)/ollamatest $(E2E_MODULES) ## Drive the pages in a browser, with a real Ollama.
	cd build/e2e && npm test --silent

smoke: build ## Drive the real window under Xvfb.
	build/smoke/smoke.sh $(abspath $(BIN))

bench: build ## Measure speed and size against named references; ARGS="-strict" fails when a goal is missed.
	go run ./build/bench $(ARGS)

audit: $(MODULES) ## Ask the vulnerability databases. Needs the network; not part of test.
	build/audit.sh

# --- releasing --------------------------------------------------------------

dist: ## Build the archives for Linux and Windows into dist/.
	VERSION=$(VERSION) build/dist.sh

clean: ## Remove what was built.
	rm -rf $(BIN) dist build/e2e/results build/smoke/results
	find frontend/dist -mindepth 1 ! -name gitkeep -delete
