# fd42: echo, cat, base64 and tee. `make help` lists what can be made.

PREFIX  = /usr/local
DESTDIR =

# Static programs without the C library: it would double their start-up.
export CGO_ENABLED = 0
# Some machines turn the stamping of the revision off for every build.
BUILD = go build -buildvcs=auto -trimpath -ldflags '-s -w'

PROGRAMS    = echo cat base64 tee
MAN1        = $(PROGRAMS:%=man/%.1)
MAN7        = man/fd42.7
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.7.0

.PHONY: all tour test race differential fuzz bench lint install uninstall clean help

all: ## build the programs in bin/
	$(BUILD) -o bin/ ./cmd/...

tour: all ## walk through the lessons in the terminal: LESSON=9 for one
	@PATH="$(CURDIR)/bin:$$PATH" LESSON="$(LESSON)" go run ./internal/tour

test: ## run all tests
	go test ./...

race: ## run all tests with the race detector, in the programs too
	CGO_ENABLED=1 go test -race ./...

differential: ## compare with GNU's programs: SEED=… CASES=…
	SEED=$(SEED) CASES=$(CASES) go test -count=1 -run Differential -v ./internal/acceptance

bench: all ## compare speed with other programs: RUNS=… ONLY=… PEERS=dir,dir FORMAT=markdown
	go run ./internal/bench

lint: ## gofmt, go vet, staticcheck and mandoc, all silent
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -d cmd internal; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	mandoc -T lint -W warning man/*

install: all ## install programs and man pages: PREFIX=… DESTDIR=…
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man7
	install -m 755 $(PROGRAMS:%=bin/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(MAN1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(MAN7) $(DESTDIR)$(PREFIX)/share/man/man7

uninstall: ## remove what install put there
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/bin/%)
	rm -f $(PROGRAMS:%=$(DESTDIR)$(PREFIX)/share/man/man1/%.1) $(DESTDIR)$(PREFIX)/share/man/man7/fd42.7

clean: ## remove what was built
	rm -rf bin dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile
