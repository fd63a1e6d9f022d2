# SPDX-License-Identifier: Apache-2.0
import datetime
import mmap
import struct
import time

from ward import program

ZONE = datetime.timezone(datetime.timedelta(hours=7))


def at(text):
    """A moment on the wall clock of the ward, "2027-02-04 12:00:00"."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE)


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

    def shift_us(self):
        return struct.unpack("=q", self._page[:8])[0] // 1000

    def carry(self, ward, now):
        """The ward's controller and receivers go by this clock, which goes on from @now;
        ward.set_clock(moment) sets it. Before anything is started."""
        start = ward.start_controller
        ward.start_controller = lambda **options: start(env=self.env, **options)
        for node in ward.nodes.values():
            node.env = self.env
        ward.set_clock = lambda moment: self.set(moment.timestamp() - time.time())
        ward.set_clock(now)
        return ward
