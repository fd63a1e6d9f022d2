# SPDX-License-Identifier: Apache-2.0
"""One receiver is turned down: measured on what it said; its neighbour says it as before."""
import json
import re

import numpy as np
import pytest
import sound
from process import wait_until
from ward import in_seconds

SECONDS = 12
GROUPS = {"to-1": ["cum-em", "cum-to"]}
TEN_MS = sound.RATE // 100


def gains(node, reference):
    """-> (where in the reference, by what factor it was heard there), every 10 ms that are loud enough"""
    said = node.recording().samples
    pieces = [p for p in node.recording().follow(reference) if p.score >= sound.SAME]
    found = []
    for media in range(0, len(reference) - TEN_MS, TEN_MS):
        # a tenth in which the volume moves correlates badly: its neighbour knows the place
        near = min(pieces, key=lambda p: abs(p.media - media))
        at = near.at + media - near.media
        want, got = reference[media:media + TEN_MS], said[at:at + TEN_MS]
        if sound.level_db(want) > -26 and len(got) == TEN_MS:
            found.append((media / sound.RATE, sound.rms(got) / sound.rms(want)))
    return np.array(found)


def gain_db(found, from_s, to_s):
    there = found[(found[:, 0] >= from_s) & (found[:, 0] < to_s), 1]
    assert len(there) > 10
    return 20 * np.log10(np.median(there))


def volume(ward, node):
    return next(n for n in ward.api("GET", "/api/v1/status")["nodes"] if n["id"] == node)


def turn(ward, node, volume_db):
    ward.loactl("node", "volume", node, str(volume_db))
    wait_until(f"{node} says {volume_db} dB", lambda: volume(ward, node)["volume_db"] == volume_db)


def test_it_is_so_much_quieter_moves_without_a_click_and_stays_so_with_nobody_to_tell_it(
        make_ward, make_audio):
    ward = make_ward(GROUPS, stored=True)
    quiet, loud = ward.nodes["cum-em"], ward.nodes["cum-to"]
    recording = ward.import_audio(make_audio(SECONDS, seed=251))
    turn(ward, "cum-em", -12)
    first = ward.play(recording, at=in_seconds(5))
    ward.wait_all_ready(first)
    # in mid-airing
    quiet.wait_state("is well into it", lambda s: s.get("on_air") == first and s["position_ms"] > 5000)
    turn(ward, "cum-em", -30)
    told = quiet.wait_state("is that loud", lambda s: s["volume_db"] == -30)
    assert told.get("on_air") == first and told["position_ms"] < 9000, told
    assert {o["result"] for o in ward.wait_outcomes(first, timeout_s=25).values()} == {"completed"}
    reference = sound.decode_opus(ward.stored_audio())
    # of the quiet one the tenths on the way down look like no other
    for node, share in ((quiet, 1 - 3 / (10 * SECONDS)), (loud, 1.0)):
        pieces = node.recording().follow(reference)
        assert sound.heard(pieces) >= share and sound.jumps(pieces) == []
    found = gains(quiet, reference)
    assert abs(gain_db(gains(loud, reference), 0.1, 11.9)) < 0.3
    assert abs(gain_db(found, 0.1, 4.9) + 12) < 0.3
    assert abs(gain_db(found, 10, 11.9) + 30) < 0.3
    # before the first sample: no louder at the beginning than later
    assert np.max(found[found[:, 0] < 0.3, 1]) < 10 ** (-11 / 20)
    # Down all the way, no step of it larger than 10 ms may go (1/24000 of full scale a sample);
    # the fade at the very beginning is another thing.
    found = found[found[:, 0] > 0.05]
    steps = np.diff(found[:, 1]) / np.maximum(1, np.round(np.diff(found[:, 0]) * 100))
    assert np.max(np.abs(steps)) < TEN_MS / 24000 + 0.01, steps

    # The last one that could say how loud is gone, and so is what the receiver had in mind.
    n_before = len(quiet.recording().samples), len(loud.recording().samples)
    second = ward.play(recording, at=in_seconds(8))
    ward.wait_all_ready(second)
    start_s = next(a for a in ward.plan("to-1")["airings"] if a["id"] == second)["start_us"] / 1e6
    ward.controller.kill()
    ward.broker.kill()
    for node in (quiet, loud):
        node.kill()
        node.start(wait=False)

    def has_said_it(node, n):
        said = node.recording()
        return len(said.samples) > n and said.site_s(len(said.samples) - 1) > start_s + 4

    for node, n in zip((quiet, loud), n_before):
        wait_until(f"{node.name} has said 4 s of it", lambda node=node, n=n: has_said_it(node, n), 30)
    for node, n, want_db in zip((quiet, loud), n_before, (-30, 0)):
        said = node.recording().samples[n:]
        at, score = sound.find(reference[:2 * sound.RATE], said)
        assert score > sound.SAME
        heard_db = sound.level_db(said[at:at + 2 * sound.RATE])
        assert abs(heard_db - sound.level_db(reference[:2 * sound.RATE]) - want_db) < 0.3
        # not once louder than it should be, from its first sample on
        assert np.max(np.abs(said[:at + 2 * sound.RATE])) <= \
            1.2 * 10 ** (want_db / 20) * np.max(np.abs(reference[:2 * sound.RATE]))


def test_the_words_for_it(make_ward):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    assert json.loads(ward.loactl("node", "volume", "cum-1", "-6.25", "--json"))["volume_set_db"] == \
        pytest.approx(-6.2, abs=0.11)
    said = ward.loactl("node", "volume", "-20", "cum-1")
    assert said.strip() == "cum-1 is set to -20.0 dB"
    assert re.search(r"cum-1 +to-1 .*\(-20\)", ward.loactl("status"))
    assert ward.loactl("node", "volume", "cum-1", "0").strip() == "cum-1 is set to 0.0 dB"
    for words in (["cum-1"], ["cum-1", "loud"], ["cum-1", "1"], ["cum-1", "-61"], ["-6"], ["cum-1", "-6x"],
                  ["cum-1", "nan"], ["cum-1", "-6", "x"]):
        done = ward.run_loactl("node", "volume", *words)
        assert done.returncode == 64 and done.stderr.strip(), (words, done.stderr)
    done = ward.run_loactl("node", "volume", "cum-9", "-6")
    assert done.returncode != 0 and "node list" in done.stderr
