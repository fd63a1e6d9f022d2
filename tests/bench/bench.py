# SPDX-License-Identifier: Apache-2.0
"""make bench: the figures of the README, from one run on this machine.

Environment: BENCH_SECONDS (600) is the length of the long airing, BENCH_AIRINGS (50) the number
of short ones, BENCH_STARTS (15) that of "play now" and "stop". Needs nothing but the packages of
`make check`. Times at the loudspeaker are those at which the file device let go of a sample.
"""
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import sound  # noqa: E402
import wire  # noqa: E402
from process import wait_until  # noqa: E402
from ward import BUILD, SITE, Ward  # noqa: E402

LONG_S = int(os.environ.get("BENCH_SECONDS", "600"))
N_AIRINGS = int(os.environ.get("BENCH_AIRINGS", "50"))
N_STARTS = int(os.environ.get("BENCH_STARTS", "15"))
GROUPS = {"to-1": ["cum-1a", "cum-1b"], "to-2": ["cum-2"]}
QUICKEST = (150, 60)   # playout delay, device buffer, ms
DEFAULT = (1000, 240)


def tell(text):
    print(text, flush=True)


def spread(values, unit="ms", digits=1):
    values = sorted(values)
    p95 = values[min(len(values) - 1, int(0.95 * len(values)))]
    return (f"median {statistics.median(values):.{digits}f} {unit}, 95 % {p95:.{digits}f} {unit}, "
            f"worst {values[-1]:.{digits}f} {unit} (of {len(values)})")


def write_sound(folder, seconds, seed):
    path = folder / f"{seconds}-{seed}.wav"
    sound.write_wav(path, sound.babble(seconds, seed=seed))
    return path


class Usage:
    """CPU time between two moments, peak memory at the second."""

    def __init__(self, processes):
        self.processes = processes
        self.before = {name: p.cpu_s() for name, p in processes.items()}

    def rows(self, minutes):
        for name, p in self.processes.items():
            cpu = (p.cpu_s() - self.before[name]) / minutes
            yield name, cpu, p.peak_rss_kb() / 1024


def bench_ingest(ward, folder):
    long = write_sound(folder, LONG_S, seed=1)
    began = time.monotonic()
    recording = ward.import_audio(long, "Bài dài")
    took = time.monotonic() - began
    tell(f"ingest                 {LONG_S} s of WAV in {took:.1f} s: {LONG_S / took:.0f} x real time"
         " (decode, loudness, limiter, Opus, check)")
    return recording


def bench_start_error(ward, folder):
    """Airings planned ahead, two seconds apart; judged by the recorded sound, not by the node."""
    path = write_sound(folder, 0.8, seed=2)
    known = {p.name for p in (ward.data_dir / "audio").iterdir()}
    recording = ward.import_audio(path, "Ngắn")
    stored = next(p for p in (ward.data_dir / "audio").iterdir() if p.name not in known)
    reference = sound.decode_opus(stored)[:sound.RATE // 2]
    first_us = (int(time.time()) + 5) * 1_000_000
    planned = {}
    for i in range(N_AIRINGS):
        at = first_us + i * 2_000_000
        answer = ward.api("POST", "/api/v1/play", {"recording": recording, "class": "normal",
                                                   "to": list(GROUPS), "at_us": at})
        planned[answer["airing"]] = at
    last = max(planned, key=planned.get)
    ward.wait_outcomes(last, timeout_s=2 * N_AIRINGS + 30)

    errors, completed = [], 0
    for node in ward.nodes.values():
        said = node.recording()
        offset = time.time() - time.monotonic()
        for at in planned.values():
            near = said.since(at / 1e6 - offset - 0.3)
            place, score = sound.find(reference, near.samples[:sound.RATE * 2])
            if score >= sound.SAME:
                errors.append(abs(near.mono_s(place) + offset - at / 1e6) * 1000)
    outcomes = [e for e in ward.log() if e["kind"] == "outcome" and e["airing"] in planned]
    completed = sum(e["result"] == "completed" for e in outcomes)
    told = [abs(e["start_error_us"]) / 1000 for e in outcomes if e["result"] == "completed"]
    tell(f"start error, recorded  {spread(errors, digits=2)}")
    tell(f"start error, reported  {spread(told, digits=2)}")
    tell(f"outcomes               {completed} completed of {N_AIRINGS} airings x {len(ward.nodes)} "
         "receivers")


def bench_long(ward, recording):
    """One long airing: loss, drift, CPU and memory."""
    ward.ear.subscribe(f"loa/{SITE}/air/+")
    processes = {"controller": ward.controller, "broker": ward.broker.process,
                 "one receiver": ward.nodes["cum-1a"].process}
    usage = Usage(processes)
    began = time.monotonic()
    airing = ward.play(recording)
    # nobody asks the controller anything meanwhile: its CPU time is for the airing alone
    wait_until("the airing is nearly over", lambda: time.monotonic() > began + LONG_S,
               timeout_s=LONG_S + 60, every_s=0.5)
    minutes = (time.monotonic() - began) / 60
    rows = list(usage.rows(minutes))
    outcomes = ward.wait_outcomes(airing, timeout_s=60)
    topic = wire.topic("air", SITE, airing)
    public = bytes.fromhex(ward.nodes["cum-1a"].controller_key)
    packets = [wire.decode_packet(topic, m.payload, public) for m in ward.ear.of(topic)]
    sequences = {p.sequence for p in packets if p.frames}
    expected = max(sequences) + 1
    tell(f"channel                {expected} packets, {expected - len(sequences)} lost between "
         f"controller and a listener")
    for name, o in sorted(outcomes.items()):
        tell(f"  {name:20} {o['result']}: heard {o['heard_ms'] / 1000:.2f} s of "
             f"{o['duration_ms'] / 1000:.2f} s, {o['n_gaps']} gaps, concealed {o['concealed_ms']} ms, "
             f"lost {o['lost_ms']} ms")
    stored = max((ward.data_dir / "audio").glob("*.opus"), key=lambda p: p.stat().st_size)
    reference = sound.decode_opus(stored)
    for name, node in ward.nodes.items():
        said = node.recording()
        said = said.since(outcomes[name]["planned_us"] / 1e6 - time.time() + time.monotonic() - 1)
        off = []
        for media in range(sound.RATE, len(reference) - 2 * sound.RATE, 10 * sound.RATE):
            low = max(0, media - sound.RATE)
            place, score = sound.find(reference[media:media + sound.RATE // 2],
                                      said.samples[low:media + 4 * sound.RATE])
            if score >= sound.SAME:
                at = said.site_s(place + low) - outcomes[name]["planned_us"] / 1e6
                off.append((at - media / sound.RATE) * 1000)
        tell(f"  {name:20} off the timeline: first {off[0]:+.2f} ms, last {off[-1]:+.2f} ms, "
             f"from {min(off):+.2f} to {max(off):+.2f} ms ({len(off)} places)")
    tell("per minute of audio    CPU time    peak memory")
    for name, cpu_s, mib in rows:
        tell(f"  {name:20} {cpu_s * 1000:7.0f} ms   {mib:6.1f} MiB")


def onset(node, since_mono):
    """When the first loud sample since then left the device; None while there is none."""
    said = node.recording().since(since_mono)
    spans = said.sound_spans()
    return said.mono_s(spans[0][0]) if spans else None


def bench_latency(folder, delay_ms, buffer_ms):
    with Ward(folder / f"quick-{delay_ms}", {"to-1": ["cum-1"]}, playout_delay_ms=delay_ms) as ward:
        ward.start(nodes=False)
        node = ward.nodes["cum-1"].write_config(buffer_ms=buffer_ms).start()
        recording = ward.import_audio(write_sound(folder, 3, seed=3), "Ngay")
        starts, stops = [], []
        for _ in range(N_STARTS):
            asked = time.monotonic()
            airing = ward.play(recording)
            first = wait_until("sound", lambda: onset(node, asked))
            starts.append((first - asked) * 1000)
            wait_until("half a second of it", lambda: time.monotonic() > first + 0.5)
            asked = time.monotonic()
            ward.loactl("stop", airing)
            ward.wait_outcomes(airing)
            wait_until("the device is closed", lambda: time.monotonic() > asked + 2.5)
            said = node.recording().since(first - 0.01)
            end = said.mono_s(said.sound_spans()[0][1] - 1)
            stops.append((end - asked) * 1000)
        tell(f"loactl play -> sound   {spread(starts, digits=0)}; playout delay {delay_ms} ms, "
             f"buffer {buffer_ms} ms")
        tell(f"loactl stop -> silence {spread(stops, digits=0)}")


def main():
    with open("/proc/cpuinfo") as f:
        cpu = next((l.split(":")[1].strip() for l in f if l.startswith("model name")), "?")
    tell(f"loa bench, {time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} x {cpu}, "
         f"Linux {platform.release()}, load {os.getloadavg()[0]:.1f}")
    if not (BUILD / "loa-node").exists():
        sys.exit("bench: build first (make)")
    with tempfile.TemporaryDirectory(prefix="loa-bench-") as folder:
        folder = Path(folder)
        with Ward(folder / "ward", GROUPS) as ward:
            ward.start()
            long = bench_ingest(ward, folder)
            bench_start_error(ward, folder)
            bench_long(ward, long)
        for delay_ms, buffer_ms in QUICKEST, DEFAULT:
            bench_latency(folder, delay_ms, buffer_ms)
    tell("bench: done")


if __name__ == "__main__":
    main()
