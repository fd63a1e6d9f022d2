# SPDX-License-Identifier: Apache-2.0
"""Who has the output: an emergency takes it at once, and the other comes back; stop means stop."""
import pytest
import sound


def start_two(ward, make_audio):
    return (ward.import_audio(make_audio(6, seed=11), "Bản tin"),
            ward.import_audio(make_audio(2, seed=12), "Khẩn cấp"))


def references(ward):
    files = sorted((ward.data_dir / "audio").glob("*.opus"), key=lambda p: p.stat().st_size)
    return sound.decode_opus(files[1]), sound.decode_opus(files[0])


@pytest.mark.takes(12)
def test_an_emergency_outranks_and_the_bulletin_goes_on_where_it_was(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]})
    long, short = start_two(ward, make_audio)
    node = ward.nodes["cum-1"]
    bulletin = ward.play(long)
    node.wait_state("a second into the bulletin",
                    lambda s: s.get("on_air") == bulletin and s["position_ms"] >= 1000)
    emergency = ward.play(short, **{"class": "emergency"})
    lower = ward.wait_outcomes(bulletin, timeout_s=20)["cum-1"]
    higher = ward.wait_outcomes(emergency)["cum-1"]
    long_sound, short_sound = references(ward)

    assert higher["result"] == "completed", higher
    assert higher["took_over"] == bulletin
    assert lower["result"] == "completed", lower
    assert lower["gave_way_to"] == emergency
    assert lower["n_pauses"] == 1
    assert abs(lower["paused_ms"] - len(short_sound) / 48) < 100

    said = node.recording()
    lower_pieces, higher_pieces = said.follow(long_sound), said.follow(short_sound)
    assert sound.heard(higher_pieces) >= 0.95
    # One block may straddle the change-over.
    assert sound.heard(lower_pieces) >= 0.94
    pauses = sound.jumps(lower_pieces)
    assert len(pauses) == 1
    assert abs(pauses[0][1] - len(short_sound) / sound.RATE) < 0.1


@pytest.mark.takes(11)
def test_a_normal_airing_waits_behind_a_priority_one(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]})
    long, short = start_two(ward, make_audio)
    node = ward.nodes["cum-1"]
    first = ward.play(short, **{"class": "priority"})
    node.wait_state("on air", lambda s: s.get("on_air") == first)
    second = ward.play(long)
    outcomes = [ward.wait_outcomes(a, timeout_s=20)["cum-1"] for a in (first, second)]
    assert [o["result"] for o in outcomes] == ["completed", "completed"], outcomes
    assert outcomes[0]["n_pauses"] == 0
    end_us = outcomes[0]["started_us"] + outcomes[0]["heard_ms"] * 1000
    assert outcomes[1]["started_us"] >= end_us - 20_000


def test_stop_is_silence_at_once_and_a_stopped_outcome(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]})
    long, _ = start_two(ward, make_audio)
    node = ward.nodes["cum-1"]
    airing = ward.play(long)
    node.wait_state("on air", lambda s: s.get("on_air") == airing and s["position_ms"] >= 500)
    ward.loactl("stop", airing)
    outcome = ward.wait_outcomes(airing, timeout_s=10)["cum-1"]
    assert outcome["result"] == "stopped", outcome
    assert 500 <= outcome["heard_ms"] < 4000
    assert len(node.recording().sound_spans()) == 1
    node.wait_state("off air", lambda s: s.get("on_air") is None)


def test_stop_all_stops_everything(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]})
    long, _ = start_two(ward, make_audio)
    airings = {n: ward.play(long, to=g) for n, g in (("cum-1", "to-1"), ("cum-2", "to-2"))}
    for name, airing in airings.items():
        ward.nodes[name].wait_state("on air", lambda s, a=airing: s.get("on_air") == a)
    ward.loactl("stop", "--all")
    for name, airing in airings.items():
        assert ward.wait_outcomes(airing, nodes=[name])[name]["result"] == "stopped"
