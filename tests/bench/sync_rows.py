# SPDX-License-Identifier: Apache-2.0
"""The networks and clocks that both systems are measured in."""
# Receivers are left alone for so long after their start: then the spread is what it stays.
SETTLED_S = 20
# The planned start, after the last receiver's program was started cold.
COLD_S = 3

LAN = {"delay": 0.5, "jitter": 0.5}
WIFI = {"delay": 2, "jitter": 5, "loss": 1}
FOUR_G = {"delay": 60, "jitter": 30, "loss": 2}
WIRE = None  # a bare pair of kernel devices


class Row:
    def __init__(self, name, title, lines, target_us=None, delay_ms=1000, skew=(), crystal=(),
                 peer=True):
        self.name = name
        self.title = title
        self.lines = lines  # what each does to frames, both ways or (down, up): network.Line
        self.target_us = target_us  # 95th percentile of the spread, ours
        self.delay_ms = delay_ms    # between server and loudspeaker, for both
        self.skew = skew            # ppm of each receiver's system clocks
        self.crystal = crystal      # ppm of each receiver's sound device, on top
        self.peer = peer            # can the peer be measured here at all?


SKEW = (0, 20, -20, 50)
ROWS = [
    Row("veth", "bare veth, 8", [WIRE] * 8, 60),
    Row("lan", "LAN 0.5 + 0.5 ms, 6", [LAN] * 6, 60),
    Row("wifi", "Wi-Fi 2 + 5 ms, 1 %, 6", [WIFI] * 6, 400),
    Row("4g", "4G 60 + 30 ms, 2 %, 4", [FOUR_G] * 4, 3000,
        delay_ms=2000),
    Row("skew", "clocks 0/+20/-20/+50 ppm, 4", [LAN] * 4, 80, skew=SKEW),
    Row("crystals", "same, devices 0/-30/+60/+100, 4", [LAN] * 4, 100, skew=SKEW,
        crystal=(0, -30, 60, 100), peer=False),
    Row("asym", "10 ms more down, 20 ms more up, 4",
        [({**LAN, "delay": 10.5}, LAN), (LAN, {**LAN, "delay": 20.5}), LAN, LAN]),
]


class Result:
    """What one system did in one row. Times in seconds unless the name says otherwise."""

    def __init__(self):
        self.spread_moments = []  # of each common pulse, since the last receiver's cold start
        self.spreads = []
        self.n_expected = 0       # common pulses there should have been after SETTLED_S
        self.start_errors = []    # of each receiver's first pulse, against the plan
        self.errors = []          # |pulse - plan| of each receiver after SETTLED_S: the worst
        self.bounds = []          # what each receiver said its error was at most
        self.cpu_s_per_min = float("nan")  # of one receiver
        self.rss_mib = float("nan")
        self.fault = None         # why this row does not count
