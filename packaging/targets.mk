# SPDX-License-Identifier: Apache-2.0
#
# Everything that is not building: tests, lint, fuzzing, demo, installing.

# Debian's own Python: that is the one the python3-* packages belong to.
PYTHON := /usr/bin/python3 -B

# A sanitized program that finds something must fail its test, not only print.
export ASAN_OPTIONS  ?= detect_leaks=1:exitcode=99:disable_coredump=1:fast_unwind_on_malloc=0
export UBSAN_OPTIONS ?= print_stacktrace=1:halt_on_error=1
export LSAN_OPTIONS  ?= suppressions=$(CURDIR)/tests/support/lsan.supp:print_suppressions=0

REPLAYERS := $(FUZZERS:%=$(B)/fuzz/%)
COUNTS    := $(B)/check.counts
FAILED    := $(B)/check.failed
# Integration tests wait more than they compute: eight at a time keep two cores busy, four sanitized.
TEST_JOBS ?= $(if $(SAN),4,8)
TESTS     ?= tests/integration

RUN_UNIT   = LOA_FAILED=$(abspath $(FAILED)) $(PYTHON) tests/support/run_programs.py unit --counts $(COUNTS) $(UNIT_TESTS)
RUN_REPLAY = LOA_FAILED=$(abspath $(FAILED)) $(PYTHON) tests/support/run_programs.py fuzz-replay --counts $(COUNTS) \
	--corpus tests/fuzz/corpus $(REPLAYERS)
RUN_INTEGRATION = LOA_BUILD=$(abspath $(B)) LOA_COUNTS=$(abspath $(COUNTS)) \
	LOA_FAILED=$(abspath $(FAILED)) LOA_SAN=$(SAN) \
	$(PYTHON) tests/support/run_wards.py integration $(TEST_JOBS) $(TESTS)

.PHONY: check
check: all $(UNIT_TESTS) $(REPLAYERS) $(B)/support/clock-shift.so $(B)/support/hostile-decoder.so ## Install what is missing, build, run every test
	@rm -f $(COUNTS) $(FAILED); failed=0; \
	$(RUN_UNIT) || failed=1; \
	$(RUN_REPLAY) || failed=1; \
	$(RUN_INTEGRATION) || failed=1; \
	[ ! -s $(FAILED) ] || { echo "check, failed:"; sed 's/^/  /' $(FAILED); }; \
	awk '{ p += $$2; f += $$3; s += $$4 } \
	     END { printf "check: %d passed, %d failed, %d skipped\n", p, f, s }' $(COUNTS); \
	exit $$failed

.PHONY: unit
unit: $(UNIT_TESTS) ## Build and run the unit tests (no network, no clock)
	@$(RUN_UNIT)

.PHONY: integration
integration: all $(B)/support/clock-shift.so $(B)/support/hostile-decoder.so ## Run the integration tests (TESTS=tests/integration/01-*.py for some)
	@$(RUN_INTEGRATION)

RULES ?= 5000
SEED  ?= 1

.PHONY: rrule-reference
rrule-reference: all ## Compare random RFC 5545 rules with python3-dateutil (RULES=5000 SEED=1)
	@PYTHONPATH=tests/support $(PYTHON) tests/support/rrule_reference.py $(RULES) $(SEED) $(B)/loactl

# One after the other, or two at a time: these are about time.
FAULT_JOBS ?= 2
FAULTS     ?= tests/faults

.PHONY: faults
faults: all $(B)/support/net-bridge $(B)/support/clock-shift.so ## Run the fault suite (docs/testing.md; FAULTS=tests/faults/04-*.py for some)
	@LOA_BUILD=$(abspath $(B)) LOA_SAN=$(SAN) \
	$(PYTHON) tests/support/run_wards.py faults $(FAULT_JOBS) $(FAULTS)

# One after the other: each keeps the machine busy by itself.
ATTACKS ?= tests/attack

.PHONY: attack
attack: all ## Run the attacks of a stranger on the network (docs/testing.md; ATTACKS=tests/attack/03-*.py for some)
	@LOA_BUILD=$(abspath $(B)) LOA_SAN=$(SAN) \
	$(PYTHON) tests/support/run_wards.py attack 1 $(ATTACKS)

.PHONY: fuzz-replay
fuzz-replay: $(REPLAYERS) ## Run every fuzzer once over its seed corpus
	@$(RUN_REPLAY)

# --- the page ------------------------------------------------------------------------------

# Two packages of the npm registry, pinned with their hashes; the browser is Debian's.
PAGE_TOOLS := build/page-tools/node_modules/.package-lock.json
PAGE_TESTS ?= $(sort $(wildcard tests/web/*.test.mjs))

$(PAGE_TOOLS): tests/web/package.json tests/web/package-lock.json
	@mkdir -p build/page-tools
	@cp $^ build/page-tools
	@cd build/page-tools && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 \
		npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

RUN_PAGE = LOA_BUILD=$(abspath $(B)) LOA_PAGE_TOOLS=$(abspath build/page-tools/package.json) \
	LOA_COUNTS=$(abspath $(B)/check-page.counts) LOA_FAILED=$(abspath $(B)/check-page.failed) \
	node --test --test-reporter=./tests/web/reporter.mjs $(PAGE_TESTS)

.PHONY: check-page
check-page: all $(PAGE_TOOLS) ## Open every view of the page in Chromium (PAGE_TESTS=tests/web/10-*.mjs for some)
	@rm -f $(B)/check-page.counts $(B)/check-page.failed
	@$(RUN_PAGE)

.PHONY: screens
screens: all $(PAGE_TOOLS) ## The same, and the screenshots go to docs/screens
	@LOA_SCREENS=$(abspath docs/screens) $(RUN_PAGE)

# --- fuzzing -------------------------------------------------------------------------------

FUZZ_SECONDS ?= 60

.PHONY: fuzz
fuzz: ## Fuzz every decoder for FUZZ_SECONDS=60 each (clang, libFuzzer)
	$(MAKE) --no-print-directory B=build-fuzz CC=clang FUZZING=1 SAN=address,undefined \
		$(FUZZERS:%=build-fuzz/fuzz/%)
	@for f in $(FUZZERS); do \
		mkdir -p build-fuzz/found/$$f; \
		echo "$$f: $(FUZZ_SECONDS) s"; \
		build-fuzz/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -timeout=40 -rss_limit_mb=1024 \
			-print_final_stats=1 -verbosity=0 -artifact_prefix=build-fuzz/found/$$f- \
			build-fuzz/found/$$f tests/fuzz/corpus/$$f || exit 1; \
	done; echo "fuzz: $(words $(FUZZERS)) fuzzers, no crash"

# --- lint ----------------------------------------------------------------------------------

C_FILES = $(shell find $(wildcard $(MODULES) tests) -name '*.[ch]')

.PHONY: lint
lint: ## Check format, layers, licence lines, man pages and scripts
	@clang-format --dry-run -Werror $(C_FILES)
	@$(PYTHON) tests/lint/check-layers.py
	@$(PYTHON) tests/lint/check-page.py
	@for f in $(shell find packaging tests .ci -name '*.sh') .ci/run; do bash -n $$f || exit 1; done
	@pages="$(shell find docs packaging -name '*.[158]')"; \
		[ -z "$$pages" ] || mandoc -T lint -W warning $$pages
	@echo "lint: clean"

# --- seeing it work ------------------------------------------------------------------------

.PHONY: run
run: all ## Demo: broker, controller, three receivers, a greeting on air (ONCE=1, ALOUD=pulsesink)
	@B=$(B) ONCE=$(ONCE) ALOUD=$(ALOUD) packaging/demo.sh

.PHONY: bench
bench: all ## Measure start error, latency, loss, CPU, memory, ingest, timetable, reports (BENCH_SECONDS=600)
	@LOA_BUILD=$(abspath $(B)) $(PYTHON) tests/bench/bench.py
	@$(MAKE) --no-print-directory bench-schedules bench-reports

.PHONY: bench-sync
bench-sync: all $(B)/support/net-bridge $(B)/support/stamp-pipe $(B)/support/clock-skew.so ## Measure how far apart receivers are heard, beside Snapcast (ROWS=lan, SECONDS=35)
	@LOA_BUILD=$(abspath $(B)) ROWS="$(ROWS)" SECONDS="$(SECONDS)" FAN="$(FAN)" \
		$(PYTHON) tests/bench/bench-sync.py

.PHONY: bench-receiver
bench-receiver: all ## Measure what a playing receiver costs, beside snapclient (BEFORE=other-build, SECONDS=60)
	@LOA_BUILD=$(abspath $(B)) BEFORE="$(BEFORE)" SECONDS="$(SECONDS)" FROM="$(FROM)" \
		OUTPUT="$(OUTPUT)" $(PYTHON) tests/bench/bench-receiver.py

# --- installing ----------------------------------------------------------------------------

DESTDIR    ?=
PREFIX     ?= /usr/local
BINDIR     := $(DESTDIR)$(PREFIX)/bin
LIBEXECDIR := $(DESTDIR)$(PREFIX)/libexec
SHAREDIR   := $(DESTDIR)$(PREFIX)/share
UNITDIR    := $(DESTDIR)$(PREFIX)/lib/systemd/system

.PHONY: install
install: all ## Install programs, manuals, units and samples (PREFIX=/usr/local, DESTDIR=)
	install -d $(BINDIR) $(LIBEXECDIR) $(UNITDIR) $(SHAREDIR)/doc/loa
	install $(patsubst %,$(B)/%,$(filter-out loa-ingest loa-render,$(PROGRAMS))) $(BINDIR)
	install $(patsubst %,$(B)/%,$(filter loa-ingest loa-render,$(PROGRAMS))) $(LIBEXECDIR)
	for f in packaging/systemd/*.service; do \
		sed 's,@PREFIX@,$(PREFIX),g' $$f > $(UNITDIR)/$${f##*/} || exit 1; done
	install -m 644 $(wildcard */*.cfg.sample packaging/mosquitto/* schedules/examples/*) \
		$(SHAREDIR)/doc/loa
	cd controller/page && find . -type f ! -name '*.md' ! -name package.json -exec \
		install -D -m 644 {} $(abspath $(SHAREDIR))/loa-phuong/page/{} \;
	for f in $(wildcard docs/man/*.[158]); do \
		install -D -m 644 $$f $(SHAREDIR)/man/man$${f##*.}/$${f##*/} || exit 1; done
	for f in $(wildcard packaging/completion/*); do \
		install -D -m 644 $$f $(SHAREDIR)/bash-completion/completions/$${f##*/} || exit 1; done
