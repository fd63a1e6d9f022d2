# SPDX-License-Identifier: Apache-2.0
#
# Which package lists of install-deps.sh a goal needs. Included before the Makefile asks
# pkg-config anything, so that a bare machine needs no second call of make.

deps_help  := none
deps_clean := none
deps_lint  := lint
deps_fuzz  := build fuzz
$(foreach goal,run demo,$(eval deps_$(goal) := build run))
$(foreach goal,check integration faults bench,$(eval deps_$(goal) := build run test))
$(foreach goal,bench-sync bench-receiver,$(eval deps_$(goal) := build run test bench))
$(foreach goal,check-page screens,$(eval deps_$(goal) := build run test page))
$(foreach goal,unit fuzz-replay,$(eval deps_$(goal) := build test))

DEPS_LISTS := $(filter-out none,$(sort $(foreach goal,$(or $(MAKECMDGOALS),all),$(or $(deps_$(goal)),build))))

# Not with `make -n`, which promises to change nothing.
ifeq ($(findstring n,$(firstword $(filter-out --%,x$(MAKEFLAGS)))),)
ifneq ($(DEPS_LISTS),)
DEPS_STATUS := $(shell packaging/install-deps.sh $(DEPS_LISTS) >&2 && echo ready)
ifneq ($(DEPS_STATUS),ready)
$(error packages are missing, see above)
endif
endif
endif
