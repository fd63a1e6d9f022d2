# SPDX-License-Identifier: Apache-2.0
"""This system in one row: broker and controller in the office's namespace, a receiver behind each line."""
import time
from contextlib import ExitStack

import numpy as np

import pulses
import sound
import wire
from network import OFFICE
from process import wait_until
from sync_rows import COLD_S, SETTLED_S, Result
from ward import BUILD, SITE, Ward

GROUP = "to-1"


def names(n):
    return [f"cum-{i}" for i in range(n)]


def skew_env(folder, ppm):
    """Also for a clock that is right, so that all pay the same for it."""
    return {"LD_PRELOAD": str(BUILD / "support/clock-skew.so"), "LOA_SKEW_PPM": str(ppm),
            "LOA_SKEW_LOG": str(folder / "skew")}


def true_ns(mono_ns, folder):
    """From the clock of a program under clock-skew to that of everybody else."""
    log = folder / "skew"
    if not log.exists():
        return mono_ns
    base, ppm = log.read_text().split()
    return int(base) + (mono_ns - int(base)) / (1 + float(ppm) / 1e6)


def make_ward(folder, n, delay_ms, stack):
    ward = stack.enter_context(Ward(folder, {GROUP: names(n)}, playout_delay_ms=delay_ms,
                                    address=OFFICE))
    ward.start(nodes=False)
    return ward


def play_at(ward, recording, mono_s):
    """-> (airing, planned start on CLOCK_MONOTONIC, in s)"""
    offset = time.time() - time.monotonic()
    at_us = round((mono_s + offset) * 1e6)
    answer = ward.api("POST", "/api/v1/play", {"recording": recording, "class": "normal",
                                               "to": [GROUP], "at_us": at_us})
    return answer["airing"], at_us / 1e6 - offset


def heard_of(node):
    said = node.recording()
    moments = true_ns(said.due[:, 1].astype(float), node.folder)
    places = pulses.locate(said.samples)
    return pulses.Heard(np.interp(places, said.due[:, 0], moments) / 1e9)


def check_clocks(ward, result, airing, since_mono):
    """Every state of the measured time must name the controller as the source of time."""
    outcomes = ward.wait_outcomes(airing, timeout_s=30)
    for name in ward.nodes:  # in the order of the lines, as errors are
        outcome = outcomes[name]
        topic = wire.topic("state", SITE, name)
        states = [wire.peek_json(m.payload)["clock"] for m in ward.ear.of(topic)
                  if m.payload and m.mono_s >= since_mono]
        wrong = [c for c in [*states, outcome["clock"]]
                 if (c["source"], c["state"]) != ("controller", "synced")]
        if wrong or not states:
            result.fault = f"{name} did not follow the controller's clock: {wrong[:1] or 'mute'}"
        result.bounds.append(max(c["bound_us"] for c in [*states, outcome["clock"]]) / 1e6)


def judge(ward, result, planned, started, stored, seconds):
    in_media = pulses.locate(sound.decode_opus(stored)) / sound.RATE
    receivers = []
    for name, node in ward.nodes.items():
        heard = heard_of(node)
        receivers.append(heard)
        # where in the recording each heard pulse belongs: the nearest, by the plan
        away = (heard.moments - planned)[:, None] - in_media[None, :]
        if not len(away):
            result.fault = f"{name} was silent"
            return
        error = away[np.arange(len(away)), np.argmin(np.abs(away), axis=1)]
        result.start_errors.append(abs(error[0]))
        late = error[heard.moments > started + SETTLED_S]
        result.errors.append(float(np.abs(late).max()) if len(late) else float("nan"))
    moments, result.spreads = pulses.spreads(receivers)
    result.spread_moments = moments - started
    result.n_expected = round((planned + seconds - started - SETTLED_S) / pulses.EVERY_S)


def measure(row, lines, folder, wav, seconds):
    result = Result()
    with ExitStack() as stack:
        ward = make_ward(folder, len(row.lines), row.delay_ms, stack)
        recording = ward.import_audio(wav, "Xung")
        for i, node in enumerate(ward.nodes.values()):
            crystal = f",rate-error-ppm={row.crystal[i]}" if row.crystal else ""
            node.write_config(sink=f"file:{node.output}{crystal}", trust_system=False)
            if row.skew:
                node.env = skew_env(node.folder, row.skew[i])
            node.wrap = lines[i].wrap
            node.start(wait=False)
        started = time.monotonic()
        airing, planned = play_at(ward, recording, started + COLD_S)
        first = ward.nodes["cum-0"].process
        wait_until("settled", lambda: time.monotonic() > started + 8)
        cpu, at = first.cpu_s(), time.monotonic()
        wait_until("the end", lambda: time.monotonic() > planned + seconds - 0.5, seconds + 10,
                   every_s=0.2)
        result.cpu_s_per_min = (first.cpu_s() - cpu) / (time.monotonic() - at) * 60
        result.rss_mib = first.peak_rss_kb() / 1024
        check_clocks(ward, result, airing, planned)
        judge(ward, result, planned, started, ward.stored_audio(), seconds)
    return result


def fan_out(counts, folder, wav, window_s, join_s):
    """-> [(receivers, {program: CPU seconds a minute})], all receivers beside the server"""
    rows = []
    with ExitStack() as stack:
        ward = make_ward(folder, max(counts), 1000, stack)
        recording = ward.import_audio(wav, "Xung")
        play_at(ward, recording, time.monotonic() + 2)
        nodes = list(ward.nodes.values())
        servers = {"controller": ward.controller, "broker": ward.broker.process}
        n_running = 0
        for n in counts:
            for node in nodes[n_running:n]:
                node.write_config(trust_system=False)
                node.start(wait=False)
            for node in nodes[n_running:n]:
                node.wait_ready()
            n_running = n
            begin = time.monotonic() + join_s
            wait_until("joined", lambda: time.monotonic() > begin, join_s + 5)
            cpu = {k: p.cpu_s() for k, p in servers.items()}
            end = begin + window_s
            wait_until("measured", lambda: time.monotonic() > end, window_s + 5)
            took_min = (time.monotonic() - begin) / 60
            rows.append((n, {k: (p.cpu_s() - cpu[k]) / took_min for k, p in servers.items()}))
    return rows
