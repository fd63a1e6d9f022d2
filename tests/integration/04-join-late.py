# SPDX-License-Identifier: Apache-2.0
"""A receiver that comes in the middle of an airing joins at the place where it is."""
import pytest
import sound


@pytest.mark.takes(14)
def test_a_node_that_is_switched_on_late_joins_in_step(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1", "cum-2"]}, nodes=False)
    early, late = ward.nodes["cum-1"].start(), ward.nodes["cum-2"]
    airing = ward.play(ward.import_audio(make_audio(7, seed=21)))
    early.wait_state("two seconds in", lambda s: s.get("on_air") == airing and s["position_ms"] >= 2000)
    late.start(wait=False)
    outcomes = ward.wait_outcomes(airing, timeout_s=20)
    reference = sound.decode_opus(ward.stored_audio())

    assert outcomes["cum-1"]["result"] == "completed", outcomes
    assert outcomes["cum-2"]["result"] == "partial", outcomes
    assert 1500 < outcomes["cum-2"]["lost_ms"] < 5500
    heard_ms, lost_ms = outcomes["cum-2"]["heard_ms"], outcomes["cum-2"]["lost_ms"]
    assert abs(heard_ms + lost_ms - outcomes["cum-2"]["duration_ms"]) < 60

    # Both say the same words at the same moment.
    a = {p.media: p for p in early.recording().follow(reference)}
    b = {p.media: p for p in late.recording().follow(reference)}
    both = [m for m in b if b[m].score >= sound.SAME and a[m].score >= sound.SAME]
    assert len(both) >= 15
    for media in both:
        apart = (early.recording().mono_s(a[media].at) - late.recording().mono_s(b[media].at))
        assert abs(apart) < 0.020, f"{media / 48000:.1f} s: {apart * 1000:.1f} ms apart"


def test_what_aired_while_it_was_off_is_missed(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1", "cum-2"]})
    early, late = ward.nodes["cum-1"], ward.nodes["cum-2"]
    late.kill()
    airing = ward.play(ward.import_audio(make_audio(2, seed=22)))
    ward.wait_outcomes(airing, nodes=["cum-1"])
    late.start(wait=False)
    outcome = ward.wait_outcomes(airing)["cum-2"]
    assert outcome["result"] == "missed", outcome
    assert outcome["heard_ms"] == 0
    assert late.recording().is_silent()
    assert not early.recording().is_silent()


def test_what_was_over_before_it_was_enrolled_is_no_concern_of_its(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1", "cum-2"]}, nodes=False)
    ward.nodes["cum-1"].start()
    recording = ward.import_audio(make_audio(1, seed=23))
    before = ward.play(recording)
    ward.wait_outcomes(before, nodes=["cum-1"])
    ward.nodes["cum-2"].start()
    ward.wait_outcomes(ward.play(recording))
    assert not [e for e in ward.log() if e["airing"] == before and e["node"] == "cum-2"]
