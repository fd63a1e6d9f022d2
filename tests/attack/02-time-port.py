# SPDX-License-Identifier: Apache-2.0
"""A stranger at the UDP port where receivers ask for the time."""
import os
import struct
import time
from itertools import cycle, islice

from stranger import Memory, Show, assert_works, at_it, garbage, udp_to

ASK = struct.pack(">4sBBHQ", b"LoaT", 1, 1, 0, 42) + bytes(96)


def time_port(ward):
    return int(next(iter(ward.nodes.values())).time_address.rsplit(":", 1)[1])


def test_who_floods_it_stops_neither_the_clock_nor_the_office(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, stored=True)
    show = Show(ward, make_audio(12, seed=311))
    memory = Memory(ward)
    slowest = 0

    def office():
        nonlocal slowest
        while True:
            began = time.monotonic()
            ward.api("GET", "/api/v1/status")
            slowest = max(slowest, time.monotonic() - began)
            yield 0.2
    junk = list(islice(garbage(largest=1400), 500))
    with at_it(udp_to(time_port(ward), cycle([b""])), udp_to(time_port(ward), cycle([ASK, *junk])),
               office()) as steps:
        show.assert_heard()
    print("datagrams:", steps[0] * 1000 + steps[1] * 1000, "the office's slowest answer:", slowest)
    assert slowest < 5
    memory.assert_within(24, 24)
    assert_works(ward)
    state = ward.nodes["cum-1"].wait_state("its clock is right", lambda s: s["clock"]["state"] ==
                                           "synced")
    assert state["clock"]["bound_us"] < 1_000_000


def test_junk_at_every_port_of_a_receiver(make_ward, make_audio):
    """Whoever sees where answers go can send there."""
    ward = make_ward({"to-1": ["cum-1"]}, stored=True)
    show = Show(ward, make_audio(12, seed=312))
    memory = Memory(ward)
    pid = ward.nodes["cum-1"].process.pid
    inodes = {os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")}
    with open(f"/proc/{pid}/net/udp") as table:
        ports = [int(line.split()[1].split(":")[1], 16) for line in list(table)[1:]
                 if f"socket:[{line.split()[9]}]" in inodes]
    assert ports, "it asks for the time"
    answer = struct.pack(">4sBBBB8sQQQQ", b"LoaT", 1, 2, 2, 0, bytes(8), 42, 1, 2, 0) + bytes(64)
    with at_it(udp_to(ports[0], cycle([answer, b"", *islice(garbage(largest=1400), 300)]))):
        show.assert_heard()
    memory.assert_within(24, 24)
    assert_works(ward)
