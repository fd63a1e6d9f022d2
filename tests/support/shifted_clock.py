# SPDX-License-Identifier: Apache-2.0
import mmap
import struct

from ward import program


class ShiftedClock:
    """The system clock of one program, wrong by as much as one says."""

    def __init__(self, path):
        path.write_bytes(bytes(8))
        with open(path, "r+b") as f:
            self._page = mmap.mmap(f.fileno(), 8)
        self.env = {"LD_PRELOAD": str(program("support/clock-shift.so")),
                    "LOA_CLOCK_SHIFT": str(path)}

    def set(self, seconds):
        self._page[:8] = struct.pack("=q", round(seconds * 1e9))
