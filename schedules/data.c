/* SPDX-License-Identifier: Apache-2.0 */
#include "schedules/data.h"

/* The assembler puts a file into the program as it stands; paths are relative to the top folder,
 * where make runs. */
#define EMBED(symbol, path)                                                                        \
	__asm__(".pushsection .rodata\n"                                                           \
		".global " #symbol "\n" #symbol ":\n"                                              \
		".incbin \"" path "\"\n"                                                           \
		".byte 0\n"                                                                        \
		".popsection\n")

EMBED(loa_data_lunar_overrides, "schedules/data/lunar-overrides.cfg");
EMBED(loa_data_occasions, "schedules/data/occasions.cfg");
