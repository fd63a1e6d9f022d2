# SPDX-License-Identifier: Apache-2.0
"""Neighbours begin a little apart, or one after the other: heard where it is heard, streamed and stored."""
import datetime
import json
import shutil
import time

import pytest
import sound
import wire
from ward import SITE, in_seconds

GROUPS = {"to-1": ["cum-1"], "to-2": ["cum-2"]}
# A pole follows the plan within this, on a busy machine; the offsets are far larger.
NEAR_S = 0.020


def begins(ward, name, reference):
    """When, on CLOCK_MONOTONIC, the node's loudspeaker said the first sample; and all of it was heard."""
    said = ward.nodes[name].recording()
    pieces = said.follow(reference)
    assert sound.heard(pieces) == 1.0, (name, [(p.media, round(p.score, 2)) for p in pieces
                                               if p.score < sound.SAME])
    assert sound.jumps(pieces) == [], name
    return said.mono_s(pieces[0].at)


def apart(ward):
    reference = sound.decode_opus(ward.stored_audio())
    return begins(ward, "cum-2", reference) - begins(ward, "cum-1", reference)


def assert_completed(outcomes):
    assert {o["result"] for o in outcomes.values()} == {"completed"}, outcomes


def test_a_streamed_airing_begins_later_by_the_offset_of_the_group(make_ward, make_audio):
    ward = make_ward(GROUPS, group_keys={"to-2": "start_offset_ms = 750;"})
    outcomes = ward.wait_outcomes(ward.play(ward.import_audio(make_audio(4, seed=301))))
    assert_completed(outcomes)
    assert outcomes["cum-2"]["planned_us"] - outcomes["cum-1"]["planned_us"] == 750_000
    assert abs(outcomes["cum-2"]["start_error_us"]) < NEAR_S * 1e6
    assert abs(apart(ward) - 0.750) < NEAR_S


@pytest.mark.takes(20)
def test_a_group_far_behind_gets_the_whole_channel_in_its_own_time(make_ward, make_audio):
    """Further apart than what two groups share, and a receiver that comes in the middle."""
    ward = make_ward(GROUPS, group_keys={"to-2": "start_offset_ms = 6000;"})
    ward.ear.subscribe(f"loa/{SITE}/air/+")
    airing = ward.play(ward.import_audio(make_audio(9, seed=302)))
    late = ward.nodes["cum-2"]
    topic = wire.topic("air", SITE, airing)
    public = bytes.fromhex(late.controller_key)

    def frame(message):
        return wire.decode_packet(topic, message.payload, public).first_frame
    # It is switched off until the first group is through with the first seconds, and more.
    ward.ear.wait("the channel is at 5 s",
                  lambda m: m.topic == topic and frame(m) > 250)
    late.restart()
    outcomes = ward.wait_outcomes(airing, timeout_s=40)
    assert_completed(outcomes)
    assert abs(apart(ward) - 6.0) < NEAR_S
    # Each frame went out for each of the two; the second one's was in its own time.
    opened = [m.mono_s for m in ward.ear.of(topic) if frame(m) == 0]
    assert len(opened) >= 3 and opened[-1] - opened[0] > 5.5, opened


@pytest.mark.takes(14)
def test_stored_recordings_begin_apart_too_without_any_channel(make_ward, make_audio):
    ward = make_ward(GROUPS, stored=True, group_keys={"to-2": "start_offset_ms = 2500;"})
    ward.ear.subscribe(f"loa/{SITE}/air/+")
    airing = ward.play(ward.import_audio(make_audio(4, seed=303)), at=in_seconds(6))
    ward.wait_all_ready(airing)
    outcomes = ward.wait_outcomes(airing, timeout_s=30)
    assert_completed(outcomes)
    assert ward.ear.of(wire.topic("air", SITE, airing)) == []
    assert abs(apart(ward) - 2.5) < NEAR_S


def test_the_office_sees_who_begins_later(make_ward, make_audio):
    ward = make_ward(GROUPS, nodes=False, group_keys={"to-2": "start_offset_ms = 2500;"})
    answer = ward.loactl_json("play", ward.import_audio(make_audio(2, seed=304)), "--to", "all",
                              "--at", in_seconds(600))
    assert answer["end_us"] - answer["start_us"] >= 4_400_000
    shown = ward.api("GET", "/api/v1/status")["next"][0]
    assert shown["groups"] == ["to-1", "to-2"] and shown["later_ms"] == {"to-2": 2500}
    assert shown["start_us"] == answer["start_us"]
    agenda = ward.api("GET", f"/api/v1/agenda?from_us={answer['start_us']}"
                             f"&to_us={answer['start_us'] + 60_000_000}")["airings"]
    assert len(agenda) == 1 and agenda[0]["later_ms"] == {"to-2": 2500}, agenda


def test_an_emergency_waits_for_nobody(make_ward, make_audio):
    ward = make_ward(GROUPS, group_keys={"to-2": "start_offset_ms = 4000;"})
    recording = ward.import_audio(make_audio(2, seed=305))
    outcomes = ward.wait_outcomes(ward.play(recording, **{"class": "emergency"}))
    assert_completed(outcomes)
    assert outcomes["cum-2"]["planned_us"] == outcomes["cum-1"]["planned_us"]
    assert abs(apart(ward)) < NEAR_S


@pytest.mark.takes(17)
def test_in_turn_one_group_speaks_when_its_neighbour_is_done(make_ward, make_audio, folder):
    ward = make_ward(GROUPS, group_keys={"to-2": "turn = 1;"},
                     controller_extra="stagger = { turn_gap_ms = 1000; };\n")
    shutil.copy(make_audio(4, seed=306), folder / "tin.wav")
    zone = datetime.timezone(datetime.timedelta(hours=7))
    when = datetime.datetime.fromtimestamp(int(time.time()) + 6, zone)
    (folder / "lich.cfg").write_text(
        'broadcasts = ( { id = "tin"; title = "Tin"; audio = "tin.wav"; to = "all"; '
        f'at = {json.dumps(f"{when:%H:%M:%S}")}; date = "{when:%Y-%m-%d}"; in_turn = true; }} );\n')
    ward.loactl("apply", folder / "lich.cfg")
    airing = f"tin.{when:%Y%m%dt%H%M%S}"
    outcomes = ward.wait_outcomes(airing, timeout_s=40)
    assert_completed(outcomes)
    whole_s = outcomes["cum-1"]["duration_ms"] / 1000
    assert abs(apart(ward) - (whole_s + 1.0)) < NEAR_S + 0.001
    # Never both at once.
    spans = {name: [(node.recording().mono_s(a), node.recording().mono_s(b - 1))
                    for a, b in node.recording().sound_spans()]
             for name, node in ward.nodes.items()}
    assert spans["cum-1"][-1][1] < spans["cum-2"][0][0], spans
