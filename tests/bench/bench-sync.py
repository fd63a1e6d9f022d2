# SPDX-License-Identifier: Apache-2.0
"""make bench-sync: how far apart receivers are heard, this system and Snapcast, one table for both.

Environment: ROWS ("lan wifi", all without), SECONDS (35) of audio a row and system, FAN ("1 8 30")
receivers for the servers' CPU time. Needs root, for network namespaces.
"""
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import pulses  # noqa: E402
import sound  # noqa: E402
import sync_ours  # noqa: E402
import sync_snapcast  # noqa: E402
from network import Network  # noqa: E402
from sync_rows import COLD_S, ROWS, SETTLED_S, Result  # noqa: E402
from ward import BUILD  # noqa: E402

SECONDS = int(os.environ.get("SECONDS") or "35")
FAN = [int(n) for n in (os.environ.get("FAN") or "1 8 30").split()]
# What playing and locating a pulse may add to the error of the clock, which is what a bound is of.
ONE_SAMPLE_S = 1 / sound.RATE
FAN_WINDOW_S = 15
FAN_JOIN_S = 6


def tell(text=""):
    print(text, flush=True)


def us(seconds):
    """A duration in the unit that suits it."""
    value = seconds * 1e6
    if np.isnan(value):
        return "-"
    return f"{value:.0f} us" if value < 1000 else f"{value / 1000:.2f} ms"


def version(program):
    done = subprocess.run([program, "--version"], capture_output=True, text=True)
    return (done.stdout + done.stderr).split("\n")[0]


def header():
    with open("/proc/cpuinfo") as f:
        cpu = next((line.split(":")[1].strip() for line in f if line.startswith("model name")), "?")
    tell(f"loa bench-sync, {time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} x {cpu}, "
         f"Linux {platform.release()}, load {os.getloadavg()[0]:.1f}, beside {version('snapserver')}")
    tell(f"{SECONDS} s of audio a row and system, a pulse each half second; both at the same playout"
         " delay (4G: 2 s, else 1 s).")
    tell(f"spread: latest minus earliest receiver of one pulse, more than {SETTLED_S} s after the "
         "last receiver was started cold.")
    tell(f"at 3 s: the largest spread from {COLD_S} to {2 * COLD_S} s after that start.")
    tell("ours: what left the sound device, by the device's own record. Snapcast: its file player's")
    tell("blocks, stamped as they are read; the device's line is the lower envelope of the stamps.")
    tell("bound: what receivers of ours said their clock's error was at most; it covers the error"
         " against the")
    tell("plan if that is no more, but for one sample (21 us) of playing and locating.")
    tell()
    tell(f"{'network, receivers':32} {'system':9} {'p50':>8} {'p95':>8} {'max':>8} {'at 3 s':>8} "
         f"{'pulses':>7}  {'CPU/min':>8} {'memory':>8}  notes")


def summary(result):
    at = np.asarray(result.spread_moments)
    spreads = np.asarray(result.spreads)
    late = spreads[at > SETTLED_S]
    early = spreads[(at >= COLD_S) & (at < 2 * COLD_S)]
    p50, p95, top = ((np.percentile(late, q) for q in (50, 95, 100)) if len(late)
                     else [float("nan")] * 3)
    return p50, p95, top, early.max() if len(early) else float("nan"), len(late)


def notes(row, result, p95):
    said = []
    if result.fault:
        said.append(f"DOES NOT COUNT: {result.fault}")
    if row.target_us and result.bounds:
        reached = "reached" if p95 * 1e6 <= row.target_us else "NOT REACHED"
        said.append(f"target {us(row.target_us / 1e6)}: {reached}")
    if result.bounds:
        covered = all(e <= b + ONE_SAMPLE_S for e, b in zip(result.errors, result.bounds))
        said.append(f"bound {us(max(result.bounds))} {'covers' if covered else 'DOES NOT COVER'} "
                    f"error {us(max(result.errors, default=float('nan')))}")
    return "; ".join(said)


def print_row(row, system, result):
    p50, p95, top, early, n = summary(result)
    tell(f"{row.title:32} {system:9} {us(p50):>8} {us(p95):>8} {us(top):>8} {us(early):>8} "
         f"{n:3}/{result.n_expected:3}  {result.cpu_s_per_min * 1000:5.0f} ms "
         f"{result.rss_mib:4.1f} MiB  {notes(row, result, p95)}")


def attempt(measure, *args):
    """A row that fails says why; the others are still measured."""
    try:
        return measure(*args)
    except (AssertionError, OSError, ValueError) as error:
        traceback.print_exc()
        result = Result()
        result.fault = str(error).split("\n")[0]
        return result


def make_lines(network, row):
    lines = []
    for i, worse in enumerate(row.lines):
        line = network.line(str(i), bare=worse is None)
        if worse is not None:
            down, up = worse if isinstance(worse, tuple) else (worse, worse)
            line.down(**down)
            line.up(**up)
        lines.append(line)
    return lines


def run_row(row, folder, wav, pcm):
    with Network() as network:
        lines = make_lines(network, row)
        ours = attempt(sync_ours.measure, row, lines, folder / f"{row.name}-ours", wav, SECONDS)
        print_row(row, "ours", ours)
        if not row.peer:
            tell(f"{row.title:32} {'Snapcast':9} not measurable: its file player has no device with"
                 " a crystal of its own")
            return ours
        peer = attempt(sync_snapcast.measure, row, lines, folder / f"{row.name}-peer", pcm,
                       SECONDS)
        print_row(row, "Snapcast", peer)
    return ours


def run_fan(folder, wav, pcm):
    with Network():
        args = FAN_WINDOW_S, FAN_JOIN_S
        ours = sync_ours.fan_out(FAN, folder / "fan-ours", wav, *args)
        peer = sync_snapcast.fan_out(FAN, folder / "fan-peer", pcm, *args)
    tell()
    tell("CPU time of the servers per minute of audio")
    for (n, mine), (_, theirs) in zip(ours, peer):
        parts = ", ".join(f"{k} {v * 1000:.0f} ms" for k, v in {**mine, **theirs}.items())
        tell(f"  {n:3} receivers: {parts}")


def write_sound(folder, seconds):
    samples = pulses.signal(seconds)
    sound.write_wav(folder / "pulses.wav", samples)
    (folder / "pulses.pcm").write_bytes((samples * 32767).astype("<i2").tobytes())
    return folder / "pulses.wav", folder / "pulses.pcm"


def run(folder, wanted):
    header()
    wav, pcm = write_sound(folder, SECONDS)
    failed, starts = False, []
    for row in ROWS:
        if wanted and row.name not in wanted:
            continue
        ours = run_row(row, folder, wav, pcm)
        failed |= ours.fault is not None
        if row.name in ("veth", "lan"):
            starts += ours.start_errors
    if starts:
        tell(f"\nstart error of ours against the plan (veth, lan): median {us(np.median(starts))}, "
             f"worst {us(max(starts))} of {len(starts)} cold starts; target 1 ms, 5 ms. Snapcast "
             "has no planned start.")
    if not wanted or "fan" in wanted:
        wav, pcm = write_sound(folder, 60 + len(FAN) * (FAN_WINDOW_S + FAN_JOIN_S))
        run_fan(folder, wav, pcm)
    tell(f"bench-sync: {'a row failed' if failed else 'done'}, load {os.getloadavg()[0]:.1f}")
    return 1 if failed else 0


def main():
    wanted = (os.environ.get("ROWS") or "").replace(",", " ").split()
    unknown = set(wanted) - {row.name for row in ROWS} - {"fan"}
    if unknown:
        sys.exit(f"bench-sync: no row is called {' '.join(unknown)}; there are "
                 f"{' '.join(row.name for row in ROWS)} fan")
    missing = Network.why_not()
    if missing:
        sys.exit(f"bench-sync: {missing}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="loa-bench-sync-") as folder:
        return run(Path(folder), wanted)


if __name__ == "__main__":
    sys.exit(main())
