# SPDX-License-Identifier: Apache-2.0
"""make bench-receiver: what one playing receiver costs, beside Snapcast's and another build of ours.

All of them play the same sound at the same time, so that what else runs on the machine burdens each
alike: read the ratios. CPU time is the scheduler's own, to the nanosecond, thread by thread.

Environment: SECONDS (60) of audio; FROM (35) seconds after the start from which the steady state is
measured; BEFORE, the folder of another build, for a comparison; OUTPUT, a sink in place of the
recording device.
"""
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import pulses  # noqa: E402
import sound  # noqa: E402
from process import Process, wait_until  # noqa: E402
from ward import BUILD, Ward  # noqa: E402

SECONDS = int(os.environ.get("SECONDS") or "60")
FROM_S = int(os.environ.get("FROM") or "35")
OUTPUT = os.environ.get("OUTPUT")
LEAD_S = 3
PORT = 17040


def tell(text=""):
    print(text, flush=True)


class Usage:
    """CPU time (s) and wake-ups of each thread of a process, so far."""

    def __init__(self, pid):
        self.at = time.monotonic()
        self.threads = {}
        for task in Path(f"/proc/{pid}/task").iterdir():
            try:
                cpu_ns = int((task / "schedstat").read_text().split()[0])
                status = (task / "status").read_text()
                self.threads[task.name] = (
                    (task / "comm").read_text().strip(), cpu_ns / 1e9,
                    int(status.split("\nvoluntary_ctxt_switches:")[1].split()[0]))
            except FileNotFoundError:
                pass

    def since(self, before):
        """-> [(thread, CPU ms a minute, wake-ups a second)], dearest first"""
        took_s = self.at - before.at
        rows = []
        for task, (name, cpu_s, wakes) in self.threads.items():
            _, cpu_before, wakes_before = before.threads.get(task, (name, 0, 0))
            rows.append((name, (cpu_s - cpu_before) / took_s * 60e3,
                         (wakes - wakes_before) / took_s))
        return sorted(rows, key=lambda row: -row[1])


def memory(pid):
    """-> (peak, resident, of it private) in MiB"""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    status = Path(f"/proc/{pid}/status").read_text()

    def kb(text, key):
        return int(text.split(f"\n{key}:")[1].split()[0])
    private = kb(rollup, "Private_Clean") + kb(rollup, "Private_Dirty")
    return kb(status, "VmHWM") / 1024, kb(rollup, "Rss") / 1024, private / 1024


def print_usage(label, pid, begin, first, steady, end):
    early = sum(row[1] for row in first.since(begin))
    rows = end.since(steady)
    peak, resident, private = memory(pid)
    tell(f"{label:22} {early:6.0f} {sum(r[1] for r in rows):7.0f} {sum(r[2] for r in rows):8.0f} "
         f"{peak:7.1f} {resident:7.1f} {private:7.1f}")
    for name, cpu_ms, wakes in rows:
        if wakes >= 0.5 or cpu_ms >= 1:
            tell(f"    {name:18} {'':6} {cpu_ms:7.0f} {wakes:8.1f}")


def start_snapcast(folder, pcm, stack):
    folder.mkdir()
    config = folder / "snapserver.conf"
    config.write_text(
        f"[server]\ndatadir = {folder}\n[http]\nenabled = false\n[tcp]\nenabled = false\n"
        f"[stream]\nbind_to_address = 127.0.0.1\nport = {PORT}\n"
        f"source = file://{pcm}?name=pulses&sampleformat=48000:16:1&codec=flac\n"
        "buffer = 1000\n[logging]\nsink = stdout\nfilter = *:info\n")
    server = Process("snapserver", ["snapserver", "-c", config], folder / "snapserver.log")
    stack.callback(server.kill)
    server.wait_log("(?i)stream|accept|PcmStream")
    os.mkfifo(folder / "fifo")
    reader = Process("reader", ["dd", f"if={folder / 'fifo'}", "of=/dev/null", "bs=4800"],
                     folder / "reader.log")
    stack.callback(reader.kill)
    client = Process("snapclient",
                     ["snapclient", "-h", "127.0.0.1", "-p", str(PORT), "--player",
                      f"file:filename={folder / 'fifo'}", "--logsink", "stdout"],
                     folder / "client.log")
    stack.callback(client.kill)
    return client


def run(folder):
    builds = {"": BUILD}
    if os.environ.get("BEFORE"):
        builds = {" before": Path(os.environ["BEFORE"]), " now": BUILD}
    samples = pulses.signal(SECONDS + 5)
    sound.write_wav(folder / "pulses.wav", samples)
    (folder / "pulses.pcm").write_bytes((samples * 32767).astype("<i2").tobytes())
    receivers = {f"{way}{build}": (f"{way}-{i}", way, path) for way in ("channel", "stored")
                 for i, (build, path) in enumerate(builds.items())}
    with ExitStack() as stack:
        ward = stack.enter_context(Ward(folder / "ward", {"to-1": [n for n, *_ in
                                                                   receivers.values()]}))
        ward.start(nodes=False)
        recording = ward.import_audio(folder / "pulses.wav", "Xung")
        measured = {}
        begin = {}
        for label, (name, way, path) in receivers.items():
            node = ward.nodes[name]
            options = {"sink": OUTPUT} if OUTPUT else {}
            node.write_config(trust_system=False, mirrors=node.mirrors if way == "stored" else [],
                              **options)
            node.program = path / "loa-node"
            node.start(wait=False)
            measured[label] = node.process
        client = start_snapcast(folder / "snapcast", folder / "pulses.pcm", stack)
        measured["snapclient"] = client
        for node in ward.nodes.values():
            node.wait_ready()
        started = time.monotonic()
        ward.play(recording, "to-1")
        wait_until("the beginning", lambda: time.monotonic() > started + LEAD_S)
        begin = {label: Usage(p.pid) for label, p in measured.items()}
        wait_until("the first 20 s", lambda: time.monotonic() > started + 20, 30, every_s=0.2)
        first = {label: Usage(p.pid) for label, p in measured.items()}
        wait_until("steady", lambda: time.monotonic() > started + FROM_S, FROM_S + 5, every_s=0.2)
        steady = {label: Usage(p.pid) for label, p in measured.items()}
        wait_until("the end", lambda: time.monotonic() > started + SECONDS, SECONDS, every_s=0.2)
        end = {label: Usage(p.pid) for label, p in measured.items()}
        for label, p in measured.items():
            assert p.is_running(), p.tail()
            print_usage(label, p.pid, begin[label], first[label], steady[label], end[label])


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    tell(f"loa bench-receiver, {time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} CPUs, load "
         f"{os.getloadavg()[0]:.1f}; CPU ms a minute of audio from {LEAD_S} to 20 s after the start "
         f"(early) and from {FROM_S} to {SECONDS} s (steady), wake-ups a second")
    tell(f"{'':22} {'early':>6} {'steady':>7} {'wakes/s':>8} {'peak':>7} {'RSS':>7} {'private':>7} MiB")
    with tempfile.TemporaryDirectory(prefix="loa-bench-receiver-") as folder:
        run(Path(folder))


if __name__ == "__main__":
    main()
