# SPDX-License-Identifier: Apache-2.0
"""Somebody on the same network who has no key, and what a ward under his hands must still do.

Everything he does is bounded in number and in time: a case takes less than a minute.
"""
import contextlib
import itertools
import random
import socket
import threading
import time

import paho.mqtt.client as paho

import sound
from evidence import assert_heard, wait_stored
from process import wait_until

MIB = 1024  # in kB, as the kernel counts


def garbage(seed=1, largest=300_000):
    """Bytes of all lengths, without end: noise, and what begins as the truth does."""
    chance = random.Random(seed)
    heads = [b"", b"loa1 ", b"loa1 " + b"0" * 16 + b" " + b"A" * 86 + b"\n{\"v\":1", b"LoaA\1\1\1\0",
             b"LoaT\1\1\0\0", b"[" * 500, b"\xff\xfe", b"\0"]
    lengths = [0, 1, 2, 15, 16, 31, 32, 95, 96, 97, 109, 110, 111, 112, 113, 1024, 4096, 32021, 32022,
               65535, largest]
    for length in itertools.cycle(lengths):
        yield (chance.choice(heads) + chance.randbytes(min(length, 4096)) + b"a" * length)[:length]


class Stranger:
    """His MQTT client: says what he likes, keeps to a rate, and hears everything."""

    def __init__(self, ward):
        self.heard = []
        self._client = paho.Client(clean_session=True)
        self._client.max_queued_messages_set(0)
        self._client.on_message = lambda c, u, m: self.heard.append((m.topic, bytes(m.payload)))
        self._client.connect(ward.address, ward.broker.port, keepalive=60)
        self._client.loop_start()

    def listen(self):
        """From now on, and what is retained."""
        granted = threading.Event()
        self._client.on_subscribe = lambda *_: granted.set()
        self._client.subscribe("#", qos=1)
        assert granted.wait(15), "no SUBACK"
        return self

    def say(self, topic, payload, qos=0, retain=False):
        return self._client.publish(topic, payload, qos=qos, retain=retain)

    def say_and_wait(self, topic, payload, retain=False):
        self.say(topic, payload, qos=1, retain=retain).wait_for_publish(15)

    def close(self):
        self._client.disconnect()
        self._client.loop_stop()


@contextlib.contextmanager
def at_it(*deeds):
    """Runs each of @deeds, generators that pause where they yield, in a thread of its own until the
    block ends; -> a list of the numbers of their steps. What one raises fails the block."""
    stop, faults, steps = threading.Event(), [], [0] * len(deeds)

    def work(i, deed):
        try:
            for pause_s in deed:
                steps[i] += 1
                if stop.wait(pause_s or 0):
                    return
        except Exception as fault:  # told in the test's thread
            faults.append(fault)
    threads = [threading.Thread(target=work, args=pair, daemon=True) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    try:
        yield steps
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)
    assert not faults, faults
    assert all(steps), f"somebody did nothing: {steps}"


class Memory:
    """What the programs of a ward have grown by."""

    def __init__(self, ward):
        self._programs = [ward.controller, *[n.process for n in ward.nodes.values()]]
        self._before = {}
        for program in self._programs:
            # the peak from here on: a password's hash has 64 MiB for a moment
            with open(f"/proc/{program.pid}/clear_refs", "w") as f:
                f.write("5")
            self._before[program.name] = program.peak_rss_kb()

    def grown_mib(self):
        return {p.name: (p.peak_rss_kb() - self._before[p.name]) // MIB
                for p in self._programs if p.is_running()}

    def assert_within(self, controller_mib, node_mib):
        grown = self.grown_mib()
        print("grown by MiB:", grown)
        for name, mib in grown.items():
            assert mib <= (controller_mib if name == "controller" else node_mib), grown


class Show:
    """An airing that must be heard whatever happens meanwhile."""

    def __init__(self, ward, path, at="+5s", may_fetch=True):
        self.ward = ward
        self.recording = ward.import_audio(path)
        newest = max((ward.data_dir / "audio").glob("*.opus"), key=lambda p: p.stat().st_mtime_ns)
        self.reference = sound.decode_opus(newest)
        self.started_mono = time.monotonic()
        self.airing = ward.play(self.recording, at=at)
        if ward.stored and may_fetch:
            wait_stored(ward)

    def assert_heard(self, least=0.99):
        """Waits for its end: what was to be heard was, in its place, and the ledger says so."""
        outcomes = self.ward.wait_outcomes(self.airing, timeout_s=45)
        for name, node in self.ward.nodes.items():
            assert_heard(node, outcomes[name], self.reference, least, since_mono=self.started_mono)
        return outcomes


def events(ward, *codes):
    """Waits until the office's log has a security event of each of @codes; -> all of them. What the
    controller itself noticed it gathers for a minute, or until it ends: so it is started anew."""
    ward.controller.terminate()
    ward.start_controller()

    def all_there():
        found = [e for e in ward.log("--events") if e["kind"] == "security"]
        return found if set(codes) <= {e["code"] for e in found} else None
    return wait_until(f"security events {codes} in the log", all_there, timeout_s=40, every_s=0.5)


def assert_works(ward):
    """Nothing is left of it: the office answers quickly, and another airing is heard whole."""
    began = time.monotonic()
    status = ward.api("GET", "/api/v1/status")
    assert time.monotonic() - began < 2
    assert status["broker"] == "connected"
    wait_until("every receiver is online", lambda: all(
        n["online"] for n in ward.api("GET", "/api/v1/status")["nodes"]), timeout_s=30, every_s=0.5)
    airing = ward.play(ward.api("GET", "/api/v1/recordings")["recordings"][0]["id"])
    outcomes = ward.wait_outcomes(airing, timeout_s=45)
    assert all(o["result"] == "completed" for o in outcomes.values()), outcomes


def udp_to(port, payloads, host="127.0.0.1"):
    """A deed: datagrams as fast as a thread can, with a breath after each thousand."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        for n, payload in enumerate(payloads):
            with contextlib.suppress(OSError):
                s.sendto(payload[:1400], (host, port))
            if n % 1000 == 999:
                yield 0.001
