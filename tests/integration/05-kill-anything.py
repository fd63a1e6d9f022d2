# SPDX-License-Identifier: Apache-2.0
"""kill -9 in the middle of an airing: it goes on at its place, one outcome each, nothing to repair."""
import sqlite3

import pytest
import sound
from process import wait_until


def start_airing(make_ward, make_audio, seconds=8):
    ward = make_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]})
    airing = ward.play(ward.import_audio(make_audio(seconds, seed=31)))
    for node in ward.nodes.values():
        node.wait_state("a second in", lambda s: s.get("on_air") == airing and s["position_ms"] >= 1000)
    return ward, airing, sound.decode_opus(ward.stored_audio())


def assert_in_step(node, reference, at_least, planned_us):
    """What was heard was heard at its place on the timeline; -> share of it."""
    said = node.recording()
    pieces = said.follow(reference)
    for p in pieces:
        if p.score >= sound.SAME:
            error = said.site_s(p.at) - planned_us / 1e6 - p.media / sound.RATE
            assert abs(error) < 0.025, f"{p.media / 48000:.1f} s sounded {error * 1000:.0f} ms off"
    share = sound.heard(pieces)
    assert share >= at_least, share
    return share


def assert_sound_databases(ward):
    for path in ward.folder.rglob("*.db"):
        with sqlite3.connect(path) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.takes(18)
def test_the_broker_dies_and_comes_back(make_ward, make_audio):
    ward, airing, reference = start_airing(make_ward, make_audio)
    ward.broker.kill()
    ward.broker.start()
    outcomes = ward.wait_outcomes(airing, timeout_s=30)
    for name, node in ward.nodes.items():
        assert outcomes[name]["result"] in ("completed", "partial"), outcomes[name]
        share = assert_in_step(node, reference, 0.4, outcomes[name]["planned_us"])
        told = outcomes[name]["heard_ms"] - outcomes[name]["concealed_ms"]
        assert abs(told / outcomes[name]["duration_ms"] - share) < 0.15
    assert_sound_databases(ward)


@pytest.mark.takes(12)
def test_the_controller_dies_and_comes_back(make_ward, make_audio):
    ward, airing, reference = start_airing(make_ward, make_audio)
    ward.controller.kill()
    ward.start_controller()
    outcomes = ward.wait_outcomes(airing, timeout_s=30)
    for name, node in ward.nodes.items():
        assert outcomes[name]["result"] in ("completed", "partial"), outcomes[name]
        assert_in_step(node, reference, 0.6, outcomes[name]["planned_us"])
    assert_sound_databases(ward)


@pytest.mark.takes(12)
def test_a_node_dies_and_comes_back(make_ward, make_audio):
    ward, airing, reference = start_airing(make_ward, make_audio)
    killed, other = ward.nodes["cum-1"], ward.nodes["cum-2"]
    killed.kill()
    killed.start(wait=False)
    outcomes = ward.wait_outcomes(airing, timeout_s=30)
    assert outcomes["cum-2"]["result"] == "completed", outcomes
    assert outcomes["cum-1"]["result"] == "partial", outcomes
    # What it said before it died counts too, but for the last seconds before a checkpoint.
    share = assert_in_step(killed, reference, 0.5, outcomes["cum-1"]["planned_us"])
    assert outcomes["cum-1"]["heard_ms"] / outcomes["cum-1"]["duration_ms"] < share + 0.05
    assert sound.heard(other.recording().follow(reference)) == 1.0
    assert_sound_databases(ward)


@pytest.mark.takes(20)
def test_all_three_die_at_once(make_ward, make_audio):
    ward, airing, reference = start_airing(make_ward, make_audio, seconds=9)
    for process in (ward.broker, ward.controller, *ward.nodes.values()):
        process.kill()
    for node in ward.nodes.values():
        node.start(wait=False)
    ward.start_controller(wait=False)
    ward.broker.start()
    ward.wait_controller()
    outcomes = ward.wait_outcomes(airing, timeout_s=30)
    for name, node in ward.nodes.items():
        assert outcomes[name]["result"] == "partial", outcomes[name]
        assert_in_step(node, reference, 0.3, outcomes[name]["planned_us"])
    assert_sound_databases(ward)


@pytest.mark.parametrize("victim", ["controller", "node"])
def test_killed_right_after_the_end_loses_no_outcome(make_ward, make_audio, victim):
    """The narrow place: the outcome is made, journalled, reported, acknowledged."""
    ward = make_ward({"to-1": ["cum-1"]})
    node = ward.nodes["cum-1"]
    airing = ward.play(ward.import_audio(make_audio(2, seed=32)))
    node.wait_state("on air", lambda s: s.get("on_air") == airing)
    node.wait_state("off the air", lambda s: s["online"] and s.get("on_air") is None)
    if victim == "controller":
        ward.controller.kill()
        ward.start_controller()
    else:
        node.kill()
        node.start()
    outcome = ward.wait_outcomes(airing)["cum-1"]
    assert outcome["result"] == "completed", outcome
    wait_until("the node has nothing left to report",
               lambda: ward.api("GET", "/api/v1/status")["nodes"][0]["unreported"] == 0)
    assert len([e for e in ward.log() if e["kind"] == "outcome"]) == 1
