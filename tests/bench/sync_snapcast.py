# SPDX-License-Identifier: Apache-2.0
"""Snapcast in the same rows: snapserver reads the same pulses from a file, snapclient plays to a pipe.

When a sample would be heard is worked out from when the pipe was read: snapclient's file player
hands out a block every 50 ms, late by as much as the machine was busy, never early. So the lower
envelope (5th percentile over +-5 s) of "read at" minus "place in the stream" is the device's line.
"""
import os
import time
from contextlib import ExitStack

import numpy as np

import pulses
import sound
from network import OFFICE
from process import Process, wait_until
from sync_ours import skew_env
from sync_rows import SETTLED_S, Result
from ward import BUILD

BLOCK = 2400 * 2  # bytes: 50 ms, mono, 16 bits
ENVELOPE_S = 5


def write_config(folder, pcm, delay_ms):
    path = folder / "snapserver.conf"
    path.write_text(
        f"[server]\ndatadir = {folder}\n[http]\nenabled = false\n[tcp]\nenabled = false\n"
        f"[stream]\nbind_to_address = {OFFICE}\nport = 1704\n"
        f"source = file://{pcm}?name=pulses&sampleformat=48000:16:1&codec=flac\n"
        f"buffer = {delay_ms}\n[logging]\nsink = stdout\nfilter = *:info\n")
    return path


def start_server(folder, pcm, delay_ms, stack):
    folder.mkdir(parents=True)
    server = Process("snapserver", ["snapserver", "-c", write_config(folder, pcm, delay_ms)],
                     folder / "snapserver.log")
    stack.callback(server.kill)
    server.wait_log("(?i)stream|accept|PcmStream")
    return server


def start_client(folder, i, out, stack, wrap=(), **popen):
    client = Process(f"snapclient-{i}",
                     [*wrap, "snapclient", "-h", OFFICE, "--hostID", f"c{i}", "--player",
                      f"file:filename={out}", "--logsink", "stdout"],
                     folder / f"client-{i}.log", **popen)
    stack.callback(client.kill)
    return client


def start_reader(folder, i, stack):
    place = folder / f"client-{i}"
    place.mkdir()
    os.mkfifo(place / "fifo")
    reader = Process(f"stamp-pipe-{i}", [BUILD / "support/stamp-pipe", place / "fifo", BLOCK,
                                         place / "out"], folder / f"reader-{i}.log")
    stack.callback(reader.kill)
    return place


def heard_of(place, ppm):
    samples = np.fromfile(place / "out", "<i2").astype(float) / 32768
    lines = (place / "out.stamps").read_text().rsplit("\n", 1)[0].split("\n")
    stamps = np.array([line.split() for line in lines if line], dtype=np.int64).reshape(-1, 2)
    stamps = stamps[stamps[:, 0] % BLOCK == 0]
    rate = sound.RATE * (1 + ppm / 1e6)
    first, at = stamps[:, 0] / 2, stamps[:, 1] / 1e9
    line = at - first / rate
    moments = []
    for pulse in pulses.locate(samples):
        near = np.abs(first - pulse) < ENVELOPE_S * rate
        if near.sum() >= 20:
            moments.append(np.percentile(line[near], 5) + pulse / rate)
    return pulses.Heard(moments)


def measure(row, lines, folder, pcm, seconds):
    result = Result()
    with ExitStack() as stack:
        start_server(folder, pcm, row.delay_ms, stack)
        clients, places = [], []
        for i in range(len(row.lines)):
            places.append(start_reader(folder, i, stack))
            clients.append(start_client(
                folder, i, places[i] / "fifo", stack, lines[i].wrap,
                env=skew_env(places[i], row.skew[i]) if row.skew else None))
        started = time.monotonic()
        wait_until("settled", lambda: time.monotonic() > started + 8)
        cpu, at = clients[0].cpu_s(), time.monotonic()
        wait_until("the end", lambda: time.monotonic() > started + seconds, seconds + 10,
                   every_s=0.2)
        result.cpu_s_per_min = (clients[0].cpu_s() - cpu) / (time.monotonic() - at) * 60
        result.rss_mib = clients[0].peak_rss_kb() / 1024
    receivers = [heard_of(p, row.skew[i] if row.skew else 0) for i, p in enumerate(places)]
    moments, result.spreads = pulses.spreads(receivers)
    result.spread_moments = moments - started
    result.n_expected = int((seconds - SETTLED_S) / pulses.EVERY_S)
    if not len(moments):
        result.fault = "no pulse was heard by all: " + clients[0].tail(5)
    return result


def fan_out(counts, folder, pcm, window_s, join_s):
    """-> [(receivers, {program: CPU seconds a minute})], all receivers beside the server"""
    rows = []
    with ExitStack() as stack:
        server = start_server(folder, pcm, 1000, stack)
        n_running = 0
        for n in counts:
            for i in range(n_running, n):
                start_client(folder, i, "/dev/null", stack)
            n_running = n
            begin = time.monotonic() + join_s
            wait_until("joined", lambda: time.monotonic() > begin, join_s + 5)
            cpu, end = server.cpu_s(), begin + window_s
            wait_until("measured", lambda: time.monotonic() > end, window_s + 5)
            rows.append((n, {"snapserver": (server.cpu_s() - cpu) * 60 /
                             (time.monotonic() - begin)}))
    return rows
