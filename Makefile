# fd42: echo, cat, base64 and tee. `make help` lists what can be made.

PREFIX  = /usr/local
DESTDIR =
ROOT    = $(DESTDIR)$(PREFIX)

# Where the programs are built.
BIN = bin

# Static programs without the C library: it would double their start-up.
export CGO_ENABLED = 0
# The revision is stamped even where the machine turns that off for every build,
# but not where git will not tell it, as in a checkout that somebody else owns.
STAMP = $(shell git rev-parse HEAD >/dev/null 2>&1 && echo auto || echo false)
# Where internal/stream has an entry point for the machine, it comes before that
# of Go's runtime: see internal/stream/README.md.
ENTRY = $$(go list -f '{{if .SFiles}}-E before_main{{end}}' ./internal/stream)
BUILD = go build -buildvcs=$(STAMP) -trimpath -ldflags "-s -w $(ENTRY)"

PROGRAMS    = $(notdir $(wildcard cmd/*))
MAN1        = $(PROGRAMS:%=man/%.1)
MAN7        = man/fd42.7
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.7.0
MISSPELL    = github.com/golangci/misspell/cmd/misspell@v0.8.0

# What a release is made for, and what else is known to build.
RELEASES = linux/amd64 linux/arm64 darwin/amd64 darwin/arm64
SYSTEMS  = $(RELEASES) linux/386 linux/arm linux/riscv64 linux/s390x \
	freebsd/amd64 openbsd/amd64 netbsd/amd64 dragonfly/amd64
VERSION  = $(shell git describe --tags --always --abbrev=12)

# Not by `go run`, which has a word of its own to say when a program does not pass.
JUDGE = dir=$$(mktemp -d) && go build -o "$$dir/judge" ./internal/judge && \
	{ "$$dir/judge"; status=$$?; rm -r "$$dir"; exit $$status; }

# How often each fuzz target runs, how long the soak does, and how large `make
# big` is. FUZZTIME may be a time too, as 5m; but before Go 1.27 the end of it is
# now and then reported as a failure: "context deadline exceeded".
FUZZTIME = 20000x
MINUTES  = 10
BIG      = 8

.PHONY: all tour draw lab judge broken test race plain differential fuzz big soak bench lint install uninstall \
	dist rename cross emulate clean help

# The linker writes a program through a memory map, and so leaves it in the page cache
# in single pages. A copy is there in larger pieces, and starts a twelfth faster.
all: ## build the programs in bin/
	$(BUILD) -o $(BIN)/ ./cmd/...
	@for program in $(PROGRAMS); do \
		cp $(BIN)/$$program $(BIN)/.$$program && mv $(BIN)/.$$program $(BIN)/$$program || exit 1; \
	done

tour: ## the workshop, in your terminal: LESSON=9 begins there
	@$(BUILD) -o $(BIN)/ ./cmd/...
	@PATH="$(CURDIR)/bin:$$PATH" LESSON="$(LESSON)" go run ./internal/tour

draw: ## draw the trace in a file: TRACE=file WIDTH=…
	@TRACE="$(TRACE)" WIDTH="$(WIDTH)" go run ./internal/tour/drawtrace

lab: ## write your own, and see what it passes: LAB=cat
	@$(BUILD) -o $(BIN)/ ./cmd/...
	@LAB='$(or $(LAB),cat)' $(JUDGE)

judge: all ## hold any program to the behaviours: CAT=./mycat DIR=/usr/bin STAGE=3 ONLY=cat-number PEERS=dir,dir FORMAT=markdown
	@$(JUDGE)

broken: ## hold the judge to finding every broken program, in the stage for it
	EVERYTHING=1 go test -count=1 -timeout 60m -run 'Broken' ./internal/judge

test: ## run all tests
	go test -count=1 -timeout 30m ./...

race: ## the tests with the race detector, in the programs too
	CGO_ENABLED=1 go test -timeout 30m -race ./cmd/... $$(go list ./internal/... | grep -v acceptance)
	CGO_ENABLED=1 go test -timeout 30m -race -run 'TestScripts|TestDifferential|TestLessons|TestWays' ./internal/acceptance

plain: ## all tests of programs built without shortcuts
	go test -timeout 30m -tags plain ./cmd/... ./internal/stream ./internal/acceptance

differential: ## compare with GNU's programs: SEED=… CASES=…
	SEED=$(SEED) CASES=$(CASES) go test -count=1 -run Differential -v ./internal/acceptance

fuzz: ## run every fuzz target in turn: FUZZTIME=…
	@go test -list '^Fuzz' ./... \
	| awk '/^Fuzz/ { targets[n++] = $$1 } /^ok/ { while (n > 0) print targets[--n], $$2 }' \
	| while read -r target package; do \
		echo "$$target in $$package"; \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s "$$package" </dev/null || exit 1; \
	done

big: ## the tests of size, with as many GiB through each program, and all rows of others: BIG=…
	BIG=$(BIG) go test -count=1 -timeout 0 -run 'TestSize|TestWideLines|TestShared|TestTee' -v ./internal/acceptance

soak: ## run long random pipelines: MINUTES=… SEED=…
	MINUTES=$(MINUTES) SEED=$(SEED) go test -count=1 -timeout 0 -run Soak -v ./internal/acceptance

bench: all ## compare speed, all in 15 minutes: ONLY=sizes RUNS=… PEERS=dir,dir BUSY=1 FORMAT=markdown
	go run ./internal/bench

lint: ## check code, manual, spelling and style, all silently
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -d cmd internal; exit 1; }
	@go vet ./...
	@go run $(STATICCHECK) ./...
	@mandoc -T lint -W warning man/*
	@go run $(MISSPELL) -error README.md man testdata/lessons testdata/script cmd internal
	@faults=$$(go test -count=1 -run Style ./internal/acceptance) || { echo "$$faults"; exit 1; }

install: all ## install programs and man pages: PREFIX=… DESTDIR=…
	install -d '$(ROOT)/bin' '$(ROOT)/share/man/man1' '$(ROOT)/share/man/man7'
	install -m 755 $(PROGRAMS:%=$(BIN)/%) '$(ROOT)/bin'
	install -m 644 $(MAN1) '$(ROOT)/share/man/man1'
	install -m 644 $(MAN7) '$(ROOT)/share/man/man7'

uninstall: ## remove what install put there, and the directories it leaves empty
	rm -f $(PROGRAMS:%='$(ROOT)'/bin/%)
	rm -f $(PROGRAMS:%='$(ROOT)'/share/man/man1/%.1) '$(ROOT)'/share/man/man7/fd42.7
	@case '$(ROOT)' in /usr | /usr/local) ;; *) \
		(cd '$(ROOT)' && rmdir -p bin share/man/man1 share/man/man7); \
		if [ '$(DESTDIR)' ]; then cd '$(DESTDIR)' && rmdir -p '.$(PREFIX)'; else rmdir '$(PREFIX)'; fi ;; \
	esac 2>/dev/null || :

dist: ## make the tarballs of a release, from the last commit, in dist/ (needs GNU tar)
	@test -z "$$(git status --porcelain)" || { echo 'make dist: commit the changes first' >&2; exit 1; }
	rm -rf dist && mkdir dist
	git -c tar.umask=0022 archive --prefix=fd42-$(VERSION)/ -o dist/fd42-$(VERSION).tar.gz HEAD
	@set -e; for release in $(RELEASES); do \
		name=fd42-$(VERSION)-$${release%/*}-$${release#*/}; \
		GOOS=$${release%/*} GOARCH=$${release#*/} $(MAKE) install BIN=dist/bin DESTDIR= PREFIX=dist/$$name; \
		install -m 644 LICENSE README.md dist/$$name; \
		tar -C dist --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$$(git log -1 --format=%ct) \
			-I 'gzip -n' -cf dist/$$name.tar.gz $$name; \
		rm -r dist/bin dist/$$name; \
	done
	cd dist && sha256sum *.tar.gz >SHA256SUMS

rename: ## give the module another path, everywhere: MODULE=github.com/you/fd42
	@test '$(MODULE)' || { echo 'make rename: MODULE=… is missing' >&2; exit 1; }
	@set -e; old=$$(go list -m | sed 's/[.]/[.]/g'); go mod edit -module '$(MODULE)'; \
	for file in $$(grep -rl --exclude-dir=.git --exclude-dir=bin --exclude-dir=dist "$$old" .); do \
		sed "s|$$old|$(MODULE)|g" $$file >rename.tmp; cp rename.tmp $$file; \
	done; rm rename.tmp
	gofmt -w cmd internal

cross: ## build and vet for every system in SYSTEMS
	@set -e; for system in $(SYSTEMS); do \
		export GOOS=$${system%/*} GOARCH=$${system#*/}; echo $$system; go build ./...; go vet ./...; \
	done

emulate: ## run the package tests and the programs as other machines: needs qemu-user
	@set -e; for machine in arm64/aarch64 s390x/s390x; do \
		export GOARCH=$${machine%/*}; qemu=qemu-$${machine#*/}; \
		go test -exec $$qemu $$(go list -deps ./cmd/... | grep "^$$(go list -m)/"); \
		$(BUILD) -o $(BIN)/$$GOARCH/ ./cmd/...; entry="$(ENTRY)"; \
		sh testdata/smoke.sh $${entry:+-e} $(BIN)/$$GOARCH $$qemu; \
	done

clean: ## remove what was built
	rm -rf bin dist

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' Makefile
