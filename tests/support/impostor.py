# SPDX-License-Identifier: Apache-2.0
"""Somebody who speaks in the controller's place: with a stranger's key, or even with the site's own."""
import sound
import wire
from process import wait_until
from ward import SITE

GROUP, NODE = "to-1", "cum-1"
PLAN_TOPIC = wire.topic("plan", SITE, GROUP)
TEN_MINUTES = 600_000_000


class Impostor:
    """A running ward, the sound of a bulletin, and an attacker who has read PROTOCOL.md.

    @now_us: the site's clock, where it is not the machine's"""

    def __init__(self, ward, audio, now_us=wire.now_us):
        self.ward = ward
        self.now_us = now_us
        self.node = ward.nodes[NODE]
        self.recording = ward.import_audio(audio)
        self.frames = sound.ogg_packets(ward.stored_audio())
        self.site_key = ward.site_key()
        self.plan = ward.plan(GROUP)
        # From here on nobody but the attacker speaks.
        ward.controller.kill()

    def airing(self, ident="now.gia", **changes):
        return {"id": ident, "broadcast": "gia", "title": "Tiếng lạ", "class": "emergency",
                "order": 0, "start_us": self.now_us() + 400_000, "resume": "pause",
                "grace_us": TEN_MINUTES, "n_samples": 960 * len(self.frames), "pre_skip": 0,
                "sha256": "0" * 64, "size_bytes": 100_000, **changes}

    def make_plan(self, airings, **changes):
        now = self.now_us()
        return {**self.plan, "serial": max(self.plan["serial"], now // 1000) + 1000,
                "issued_us": now, "valid_until_us": now + TEN_MINUTES,
                "permitted": [{"from_us": now - TEN_MINUTES, "to_us": now + TEN_MINUTES}],
                "airings": airings, **changes}

    def refused(self):
        states = [m for m in self.ward.ear.of(wire.topic("state", SITE, NODE)) if m.payload]
        return wire.peek_json(states[-1].payload)["n_refused"]

    def say(self, message, topic=PLAN_TOPIC, retain=True):
        """Publish, and wait until the node has refused it."""
        before = self.refused()
        self.ward.ear.publish(topic, message, retain=retain)
        self.node.wait_state(f"refuses what came on {topic}", lambda s: s["n_refused"] > before)

    def wait_events(self, *codes):
        """Bring the controller back: what the node noticed comes into the office's log."""
        self.ward.start_controller()

        def all_there():
            events = [e for e in self.ward.log("--events") if e["kind"] == "security"]
            return events if set(codes) <= {e["code"] for e in events} else None
        return wait_until(f"security events {codes} in the log", all_there, every_s=0.2)

    def send_audio(self, ident, key, from_frame=0, to_frame=None, **lies):
        topic = wire.topic("air", SITE, ident)
        frames = self.frames[from_frame:to_frame]
        for i in range(0, len(frames), 10):
            packet = wire.encode_packet(topic, key, i // 10, i, frames[i:i + 10], **lies)
            self.ward.ear.publish(topic, packet, qos=0)
        last = wire.encode_packet(topic, key, len(frames) // 10 + 1, len(frames), [],
                                  flags=wire.END)
        self.ward.ear.publish(topic, last)

    def wait_outcome(self, ident):
        """Without the controller: what the receiver wants to tell about the airing @ident."""
        def found(message):
            return [e["data"] for e in wire.peek_json(message.payload)["entries"]
                    if e["kind"] == "outcome" and e["data"]["airing"] == ident]
        topic = wire.topic("report", SITE, NODE)
        return found(self.ward.ear.wait(f"an outcome of {ident}", lambda m: m.topic == topic and found(m)))[0]
