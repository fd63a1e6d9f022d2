# SPDX-License-Identifier: Apache-2.0
# Loa Phường. `make help` lists the targets.
#
# packaging/targets.mk has the tests, the demo and installing.
#
# Every folder is one static library. A unit test tests/unit/test-FOLDER-WHAT.c links its own
# folder and those that folder may use, nothing else: a forbidden call does not link.

SHELL  := /bin/bash

# What is missing on Debian 12 is installed first (DEPS=no: never).
ifneq ($(DEPS),no)
include packaging/deps.mk
endif

# All cores, unless the caller says otherwise; not beside `clean`, which must come first.
ifeq ($(MAKELEVEL)$(filter clean,$(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

B      ?= build$(if $(SAN),-san)
CFLAGS ?= -g -O2
# What a test says is compiled once and run once: half the time of building it is the optimizer's.
TEST_CFLAGS ?= -O0
WERROR ?=

MODULES         := common wire audio schedules controller node
uses_common     :=
uses_wire       := common
uses_audio      := wire common
uses_schedules  := common
uses_controller := schedules audio wire common
uses_node       := audio wire common

# A third-party library is visible only to the folders that may call it.
pkgs_common     := glib-2.0 gio-2.0 gio-unix-2.0
pkgs_wire       := $(pkgs_common) json-glib-1.0 libsodium
pkgs_audio      := $(pkgs_wire) gstreamer-1.0 gstreamer-base-1.0 gstreamer-audio-1.0 gstreamer-app-1.0 \
                   opus ogg libopusenc libebur128 samplerate libseccomp
pkgs_schedules  := $(pkgs_common) json-glib-1.0 libconfig libical
pkgs_controller := $(pkgs_audio) $(pkgs_schedules) sqlite3 libsoup-3.0 gnutls
pkgs_node       := $(pkgs_audio) sqlite3 libconfig libsoup-3.0
libs_wire       := -lpaho-mqtt3as
libs_schedules  := -lnova
libs_controller := $(libs_wire) $(libs_schedules)
libs_node       := $(libs_wire)

main_loa-controller := controller/loa-controller.c
main_loactl         := controller/loactl/loactl.c
main_loa-node       := node/loa-node.c
main_loa-ingest     := audio/loa-ingest.c
main_loa-render     := audio/loa-render.c
PROGRAMS := $(foreach p,loa-controller loa-node loactl loa-ingest loa-render,$(if $(wildcard $(main_$(p))),$(p)))
MAINS := $(foreach p,$(PROGRAMS),$(main_$(p)))

# A step is one short line; V=1 shows its command, `make -s` nothing.
SILENT := $(findstring s,$(firstword -$(MAKEFLAGS)))
step = $(if $(V),,@$(if $(SILENT),,echo "$(1) $(2)";))

VERSION := $(shell cat VERSION)
CONFIG_FLAGS := -std=gnu17 -I. -D_GNU_SOURCE -DLOA_VERSION='"$(VERSION)"' -MMD -MP \
	-Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla -Wpointer-arith \
	$(if $(WERROR),-Werror) $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer) \
	$(if $(FUZZING),-fsanitize=fuzzer-no-link)
LINK_FLAGS := $(if $(SAN),-fsanitize=$(SAN)) $(if $(FUZZING),-fsanitize=fuzzer)

flags_of = $(if $(pkgs_$(1)),$(shell pkg-config --cflags $(pkgs_$(1)) 2>/dev/null))
$(foreach m,$(MODULES),$(eval cflags_$(m) := $(call flags_of,$(m)) -DG_LOG_DOMAIN='"loa-$(m)"'))
cflags_audio += -DLOA_GST_PLUGINS='"$(shell pkg-config --variable=pluginsdir gstreamer-1.0 2>/dev/null)"'
$(foreach m,$(MODULES),$(eval ldlibs_$(m) := $(shell pkg-config --libs $(pkgs_$(m)) 2>/dev/null) $(libs_$(m)) -lm))

UNIT_TESTS := $(patsubst tests/unit/%.c,$(B)/tests/%,$(wildcard tests/unit/test-*.c))
FUZZERS    := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz-*.c))

.PHONY: all
all: $(PROGRAMS:%=$(B)/%) ## Build the programs into build/ (the default)

include packaging/targets.mk

.PHONY: clean
clean: ## Remove everything that was built
	rm -rf build build-san build-fuzz build-tsan

.PHONY: help
help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 24
	@echo "  Variables: SAN=address,undefined (sanitizers), WERROR=1, DEPS=no (install nothing), V=1 (show commands), ONCE=1"

# A large folder has folders within, for people: it stays one library.
sources_of = $(filter-out $(MAINS),$(wildcard $(1)/*.c $(1)/*/*.c))

define module
$(B)/obj/$(1)/%.o: $(1)/%.c
	@mkdir -p $$(@D)
	$$(call step,cc,$$<) $$(CC) $$(CFLAGS) $$(CONFIG_FLAGS) $$(cflags_$(1)) -c $$< -o $$@

$(B)/obj/tests/unit/test-$(1)-%.o: tests/unit/test-$(1)-%.c
	@mkdir -p $$(@D)
	$$(call step,cc,$$<) $$(CC) $$(CFLAGS) $$(TEST_CFLAGS) $$(CONFIG_FLAGS) $$(cflags_$(1)) -c $$< -o $$@

$(B)/lib$(1).a: $(patsubst %.c,$(B)/obj/%.o,$(call sources_of,$(1)))
	@rm -f $$@
	$$(call step,ar,$$@) $$(AR) rcs $$@ $$^

$(B)/tests/test-$(1)-%: $(B)/obj/tests/unit/test-$(1)-%.o $(B)/lib$(1).a $(uses_$(1):%=$(B)/lib%.a)
	@mkdir -p $$(@D)
	$$(call step,ld,$$@) $$(CC) $$(LINK_FLAGS) $$^ $$(ldlibs_$(1)) -lcmocka -o $$@

$(B)/fuzz/fuzz-$(1)-%: tests/fuzz/fuzz-$(1)-%.c $(if $(FUZZING),,tests/fuzz/replay.c) $(B)/lib$(1).a $(uses_$(1):%=$(B)/lib%.a)
	@mkdir -p $$(@D)
	$$(call step,ld,$$@) $$(CC) $$(CFLAGS) $$(CONFIG_FLAGS) $$(cflags_$(1)) $$(LINK_FLAGS) $$(filter %.c %.a,$$^) $$(ldlibs_$(1)) -o $$@
endef
$(foreach m,$(MODULES),$(eval $(call module,$(m))))

# Alone and without the rest, because ThreadSanitizer does not understand the distribution's GLib.
TSAN_SOURCES := audio/voice.c audio/cell.c tests/unit/test-audio-voice.c
build-tsan/test-audio-voice: $(TSAN_SOURCES) $(wildcard audio/*.h tests/unit/*.h)
	@mkdir -p $(@D)
	$(call step,ld,$@) $(CC) $(CFLAGS) $(CONFIG_FLAGS) -fsanitize=thread $(cflags_audio) \
		$(TSAN_SOURCES) $(ldlibs_audio) -lcmocka -o $@

.PHONY: tsan
tsan: build-tsan/test-audio-voice ## Run the ring between main and audio thread under ThreadSanitizer
	$<

# Benchmarks: slow, real time, not part of `make unit`.
$(B)/bench/bench-audio-playout: tests/bench/bench-audio-playout.c $(B)/libaudio.a $(uses_audio:%=$(B)/lib%.a)
	@mkdir -p $(@D)
	$(call step,ld,$@) $(CC) $(CFLAGS) $(CONFIG_FLAGS) $(cflags_audio) $(LINK_FLAGS) $(filter %.c %.a,$^) $(ldlibs_audio) -o $@

.PHONY: bench-playout
bench-playout: $(B)/bench/bench-audio-playout ## Play on four drifting devices, print how far apart they are heard
	$<

$(B)/bench/bench-schedules-year: tests/bench/bench-schedules-year.c $(B)/libschedules.a $(uses_schedules:%=$(B)/lib%.a)
	@mkdir -p $(@D)
	$(call step,ld,$@) $(CC) $(CFLAGS) $(CONFIG_FLAGS) $(cflags_schedules) $(LINK_FLAGS) $(filter %.c %.a,$^) $(ldlibs_schedules) -o $@

$(B)/bench/bench-controller-replan: tests/bench/bench-controller-replan.c $(B)/libcontroller.a $(uses_controller:%=$(B)/lib%.a)
	@mkdir -p $(@D)
	$(call step,ld,$@) $(CC) $(CFLAGS) $(CONFIG_FLAGS) $(cflags_controller) $(LINK_FLAGS) $(filter %.c %.a,$^) $(ldlibs_controller) -o $@

$(B)/bench/bench-controller-report: tests/bench/bench-controller-report.c $(B)/libcontroller.a $(uses_controller:%=$(B)/lib%.a)
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(CONFIG_FLAGS) $(cflags_controller) $(LINK_FLAGS) $(filter %.c %.a,$^) $(ldlibs_controller) -o $@

.PHONY: bench-reports
bench-reports: $(B)/bench/bench-controller-report ## Count a report over a year of 150 groups with 10 airings a day
	$<

.PHONY: bench-schedules
bench-schedules: $(B)/bench/bench-schedules-year $(B)/bench/bench-controller-replan ## Preview a year of 500 broadcasts, plan after one edit, count lunar days a second
	$(B)/bench/bench-schedules-year
	$(B)/bench/bench-controller-replan

# Built into the program by .incbin, which the compiler's dependency files do not see.
$(B)/obj/schedules/data.o: $(wildcard schedules/data/*.cfg)

define program
$(B)/$(1): $(patsubst %.c,$(B)/obj/%.o,$(main_$(1))) $(B)/lib$(2).a $(uses_$(2):%=$(B)/lib%.a)
	$$(call step,ld,$$@) $$(CC) $$(LINK_FLAGS) $$^ $$(ldlibs_$(2)) -o $$@
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p),$(firstword $(subst /, ,$(main_$(p)))))))

# Plain programs that tests use: no folder's code, no library.
$(B)/support/%: tests/support/%.c
	@mkdir -p $(@D)
	$(call step,cc,$<) $(CC) $(CFLAGS) $(CONFIG_FLAGS) $< -o $@ -lm

$(B)/support/%.so: tests/support/%.c
	@mkdir -p $(@D)
	$(call step,cc,$<) $(CC) $(CFLAGS) $(CONFIG_FLAGS) -shared -fPIC $< -o $@ -ldl

.SECONDARY:
-include $(shell find $(B) -name '*.d' 2>/dev/null)
