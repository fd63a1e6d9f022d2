# SPDX-License-Identifier: Apache-2.0
"""The broker is somebody else's. Whatever it says that the site did not sign opens no loudspeaker."""
import json

import pytest
import sound
import wire
from impostor import GROUP, NODE, PLAN_TOPIC, TEN_MINUTES, Impostor
from process import wait_until
from ward import SITE

@pytest.fixture
def stage(make_ward, make_audio):
    return Impostor(make_ward({GROUP: [NODE]}), make_audio(2, seed=61))


def test_a_controller_in_python_with_the_right_key_is_heard(stage):
    """The control for all the rest: these forgeries lack nothing but the key."""
    airing = stage.airing()
    before = stage.ward.ear.count()
    stage.ward.ear.subscribe(f"loa/{SITE}/node/+/report")
    stage.ward.ear.publish(PLAN_TOPIC, wire.seal(wire.TAG_PLAN, PLAN_TOPIC,
                                                 stage.make_plan([airing]), stage.site_key),
                           retain=True)
    stage.node.wait_state("it has the plan", lambda s: s.get("on_air") == airing["id"])
    stage.send_audio(airing["id"], stage.site_key)
    report = stage.ward.ear.wait("its outcome", lambda m: m.topic.endswith("/report") and any(
        e["data"].get("airing") == airing["id"] for e in wire.peek_json(m.payload)["entries"]),
        after=before)
    seed_public = wire.Key(stage.node.seed).public
    body = wire.open_json(wire.TAG_REPORT, report.topic, report.payload, seed_public)
    assert body["entries"][-1]["data"]["result"] in ("completed", "partial")
    assert not stage.node.recording().is_silent()


def test_a_stranger_with_a_key_of_his_own_is_not_heard(stage):
    stranger, airing = wire.Key(), stage.airing()
    stage.say(wire.seal(wire.TAG_PLAN, PLAN_TOPIC, stage.make_plan([airing]), stranger))
    stage.send_audio(airing["id"], stranger)
    # And one who claims to be the site without being able to sign.
    forged = wire.seal(wire.TAG_PLAN, PLAN_TOPIC, stage.make_plan([airing]), stranger)
    stage.say(forged.replace(stranger.id.hex().encode(), stage.site_key.id.hex().encode()))
    events = stage.wait_events("key", "signature")
    assert all(e["node"] == NODE for e in events)
    assert stage.node.recording().is_silent()


def test_true_words_in_the_wrong_place_or_time_are_refused(stage):
    airing = stage.airing()
    good = stage.make_plan([airing])
    now = wire.now_us()

    def seal(plan, topic=PLAN_TOPIC):
        return wire.seal(wire.TAG_PLAN, topic, plan, stage.site_key)

    other_topic = wire.topic("plan", SITE, "to-2")
    altered = bytearray(seal(good))
    altered[altered.index(b'"order":0') + 8] = ord("1")
    cases = {
        "moved from another group": seal(good, other_topic),
        "addressed to another group": seal({**good, "group": "to-2"}),
        "of another site": seal({**good, "site": "phuong-khac"}),
        "one byte altered": bytes(altered),
        "an old serial": seal({**good, "serial": stage.plan["serial"] - 1}),
        "expired": seal({**good, "issued_us": now - TEN_MINUTES, "valid_until_us": now - 1}),
        "an ack's tag": wire.seal(wire.TAG_ACK, PLAN_TOPIC, good, stage.site_key),
    }
    for what, message in cases.items():
        try:
            stage.say(message)
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}")
    stage.send_audio(airing["id"], stage.site_key)
    stage.wait_events("signature", "address", "serial", "expired")
    assert stage.node.recording().is_silent()


@pytest.mark.takes(20)
def test_monsters_are_refused_in_bounded_memory(stage):
    def seal(body):
        return wire.seal(wire.TAG_PLAN, PLAN_TOPIC, body, stage.site_key)

    plan = stage.make_plan([])
    text = json.dumps(plan).encode()
    stage.say(b"x", retain=False)
    resident_kb = stage.node.process.peak_rss_kb()
    cases = {
        "10 MB of JSON": seal(text[:-1] + b',"x":"' + b"a" * 10_000_000 + b'"}'),
        "nesting of 10,000": seal(text[:-1] + b',"x":' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
        "100,000 airings": seal(stage.make_plan(
            [stage.airing(f"a{i}", title="") for i in range(100_000)])),
        "5,000 airings": seal(stage.make_plan([stage.airing(f"a{i}") for i in range(5_000)])),
        "a number too large": seal(text.replace(b'"serial": ', b'"serial": 9')
                                   .replace(b'"issued_us": ', b'"issued_us": 99999999')),
        "a member twice": seal(text[:-1] + b',"site":"' + SITE.encode() + b'"}'),
        "no UTF-8": seal(text.replace(b"to-1", b"to-\xff", 1)),
        "a header only": b"loa1 " + stage.site_key.id.hex().encode() + b" " + b"A" * 86 + b"\n",
        "binary noise": bytes(range(256)) * 40,
        "nothing but a newline": b"\n",
    }
    for what, message in cases.items():
        try:
            stage.say(message, retain=False)
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}")
    assert stage.node.process.is_running()
    assert stage.node.process.peak_rss_kb() - resident_kb < 100_000
    stage.wait_events("length", "syntax")
    assert stage.node.recording().is_silent()
    # It is as well as before.
    airing = stage.ward.play(stage.recording)
    assert stage.ward.wait_outcomes(airing)[NODE]["result"] == "completed"


def test_audio_packets_that_lie_are_refused(stage):
    """The plan is true, the airing is on: only its packets are not."""
    airing = stage.airing(n_samples=60 * sound.RATE)
    stage.ward.ear.publish(PLAN_TOPIC, wire.seal(wire.TAG_PLAN, PLAN_TOPIC,
                                                 stage.make_plan([airing]), stage.site_key),
                           retain=True)
    stage.node.wait_state("it waits for sound", lambda s: s.get("on_air") == airing["id"])
    topic, key, frame = wire.topic("air", SITE, airing["id"]), stage.site_key, stage.frames[5]

    def packet(*args, **lies):
        return wire.encode_packet(topic, key, *args, **lies)

    cases = {
        "255 frames": packet(0, 0, [frame], n_frames=255),
        "26 frames": packet(0, 0, [frame] * 26),
        "a length beyond the end": packet(0, 0, [frame], lengths=[1200]),
        "a length of 65535": packet(0, 0, [frame], lengths=[65535]),
        "a length of 0": packet(0, 0, [b""]),
        "a length too short": packet(0, 0, [frame], lengths=[len(frame) - 1]),
        "half a frame's offset": packet(0, 0, [frame], offset=480),
        "a negative offset": packet(0, 0, [frame], offset=-960),
        "an Opus packet of 60 ms": packet(0, 0, [bytes([0x1b]) + frame[1:]]),
        "no frames and no end": packet(0, 0, []),
        "another version": packet(0, 0, [frame], version=2),
        "a stranger's key": wire.encode_packet(topic, wire.Key(), 0, 0, [frame]),
        "a moved packet": wire.encode_packet(wire.topic("air", SITE, "khac"), key, 0, 0, [frame]),
        "a broken signature": packet(0, 0, [frame], signature=bytes(64)),
        "three bytes": b"Loa",
    }
    for what, message in cases.items():
        try:
            stage.say(message, topic=topic, retain=False)
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}")
    stage.wait_events("length", "range", "version", "key", "signature")
    assert stage.node.recording().is_silent()


def test_another_sites_retained_words_are_nobodys_business(stage):
    """A shared broker holds other wards' messages, too."""
    key = wire.Key()
    for ident in (GROUP, "to-9"):
        topic = wire.topic("plan", "phuong-khac", ident)
        plan = {**stage.make_plan([stage.airing()]), "site": "phuong-khac"}
        stage.ward.ear.publish(topic, wire.seal(wire.TAG_PLAN, topic, plan, key), retain=True)
    stage.node.restart()
    stage.ward.start_controller()
    airing = stage.ward.play(stage.recording)
    assert stage.ward.wait_outcomes(airing)[NODE]["result"] == "completed"
    assert stage.refused() == 0


def test_the_controller_believes_no_stranger_either(make_ward, make_audio):
    """A report nobody signed, a state for a node that is none: not in the log, not in the status."""
    ward = make_ward({GROUP: [NODE]})
    outcome = {"airing": "now.gia", "broadcast": "gia", "title": "Đã phát", "class": "normal",
               "result": "completed", "reason": "", "level": 2, "planned_us": wire.now_us(),
               "started_us": wire.now_us(), "ended_us": wire.now_us(), "duration_ms": 1000,
               "heard_ms": 1000, "concealed_ms": 0, "n_gaps": 0, "lost_ms": 0, "n_pauses": 0,
               "paused_ms": 0, "start_error_us": 0, "level_db": -20.0,
               "clock": {"state": "synced", "source": "system", "bound_us": 1000}}
    stranger, node_key = wire.Key(), wire.Key(ward.nodes[NODE].seed)
    topic = wire.topic("report", SITE, NODE)

    def report(key, **changes):
        body = {"v": 1, "site": SITE, "node": NODE, "epoch": "0" * 16,
                "entries": [{"seq": 1, "kind": "outcome", "data": outcome}], **changes}
        return wire.seal(wire.TAG_REPORT, topic, body, key)

    for message in (report(stranger), report(node_key, site="phuong-khac"),
                    report(node_key, node="cum-9"), report(node_key)[:-1] + b"]",
                    b"[" * 100_000, report(node_key, entries=[]), b""):
        ward.ear.publish(topic, message)
    state = wire.topic("state", SITE, "cum-9")
    ward.ear.publish(state, wire.seal(wire.TAG_STATE, state, {"v": 1}, stranger), retain=True)
    ward.ear.publish(wire.topic("state", SITE, NODE),
                     wire.seal(wire.TAG_STATE, wire.topic("state", SITE, NODE),
                               {"v": 1, "online": False}, stranger), retain=True)
    # The control: the node's own key is believed, and what came before has been dealt with.
    ward.ear.publish(topic, report(node_key))
    entries = wait_until("the true report is in the ledger",
                         lambda: [e for e in ward.log() if e["kind"] == "outcome"])
    assert len(entries) == 1
    status = ward.loactl_json("status")
    assert [n["id"] for n in status["nodes"]] == [NODE]
    assert status["nodes"][0]["online"] is True
