# SPDX-License-Identifier: Apache-2.0
"""The line is cut: over the start of an airing, in the middle of it. FAULT_CUT_S: for how long."""
import os
import threading

import pytest
import sound
from evidence import assert_heard, wait_stored
from network import FOUR_G

CUT_S = float(os.environ.get("FAULT_CUT_S", "12"))
AIRING_S = 6


def pause(seconds):
    """Time that has to pass: what happens meanwhile can be seen by nobody."""
    threading.Event().wait(seconds)


@pytest.mark.parametrize("line", [{}, FOUR_G], ids=["lan", "4g"])
def test_a_cut_over_the_start_is_not_heard(make_far_ward, make_audio, line):
    ward = make_far_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]}, stored=True)
    for each in ward.lines.values():
        each.set(**line)
    recording = ward.import_audio(make_audio(AIRING_S, seed=211))
    reference = sound.decode_opus(ward.stored_audio())
    # The airing begins in the middle of a long cut, and early in a short one.
    airing = ward.play(recording, at=f"+{10 + round(max(CUT_S / 2 - 6, 0))}s")
    wait_stored(ward)
    ward.lines["cum-1"].cut()
    pause(CUT_S + 4)
    ward.lines["cum-1"].mend()
    outcomes = ward.wait_outcomes(airing, timeout_s=90)
    for name, node in ward.nodes.items():
        assert_heard(node, outcomes[name], reference, 1.0)


@pytest.mark.parametrize("stored", [True, False], ids=["stored", "channel"])
def test_a_cut_in_the_middle(make_far_ward, make_audio, stored):
    """Stored, nobody hears it. On the channel, the rest comes at its own place, and the gap is told."""
    ward = make_far_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]}, stored=stored)
    recording = ward.import_audio(make_audio(16, seed=212))
    reference = sound.decode_opus(ward.stored_audio())
    airing = ward.play(recording, at="+8s")
    if stored:
        wait_stored(ward)
    cut_off, other = ward.nodes["cum-1"], ward.nodes["cum-2"]
    cut_off.wait_state("three seconds in", lambda s: s.get("on_air") == airing and
                       s["position_ms"] >= 3000, timeout_s=30)
    ward.lines["cum-1"].cut()
    pause(5)
    ward.lines["cum-1"].mend()
    outcomes = ward.wait_outcomes(airing, timeout_s=90)
    assert_heard(other, outcomes["cum-2"], reference, 1.0)
    if stored:
        assert_heard(cut_off, outcomes["cum-1"], reference, 1.0)
        return
    assert_heard(cut_off, outcomes["cum-1"], reference, 0.35, 0.9)
    assert outcomes["cum-1"]["result"] == "partial"
    assert outcomes["cum-1"]["reason"] == "no-audio"


def test_two_short_cuts_are_ridden_out_by_the_channel(make_far_ward, make_audio):
    """The playout delay is what a channel has to live on."""
    ward = make_far_ward({"to-1": ["cum-1"]}, playout_delay_ms=3000)
    recording = ward.import_audio(make_audio(10, seed=213))
    reference = sound.decode_opus(ward.stored_audio())
    airing = ward.play(recording)
    node, line = ward.nodes["cum-1"], ward.lines["cum-1"]
    for position_ms in (2000, 6000):
        node.wait_state(f"at {position_ms} ms", lambda s: s.get("on_air") == airing and
                        s["position_ms"] >= position_ms)
        line.cut()
        pause(0.5)
        line.mend()
    outcome = ward.wait_outcomes(airing, timeout_s=60)["cum-1"]
    assert_heard(node, outcome, reference, 1.0)
