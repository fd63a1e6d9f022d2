# SPDX-License-Identifier: Apache-2.0
"""A receiver that reboots, and reboots, and reboots. FAULT_REBOOTS: how often."""
import os
import random
import threading
import time

import sound
from evidence import assert_heard

REBOOTS = int(os.environ.get("FAULT_REBOOTS", "10"))
SEED = os.environ.get("FAULT_SEED", "1")
AIRING_S = 2


def test_every_airing_has_one_outcome_after_all_reboots(make_ward, make_audio):
    """Half of them orderly, half of them not; before, in and after an airing."""
    dice = random.Random(f"{SEED} reboots")
    ward = make_ward({"to-1": ["cum-1"]}, stored=True)
    node = ward.nodes["cum-1"]
    recording = ward.import_audio(make_audio(AIRING_S, seed=261))
    reference = sound.decode_opus(ward.stored_audio())
    airings = []
    for n in range(REBOOTS):
        since = time.monotonic()
        airing = ward.play(recording)
        airings.append(airing)
        threading.Event().wait(dice.uniform(0, 1 + AIRING_S))
        if n % 2:
            node.kill()
        else:
            assert node.process.terminate() == 0
        node.start()
        outcome = ward.wait_outcomes(airing, timeout_s=30)["cum-1"]
        assert outcome["result"] in ("completed", "partial", "missed"), outcome
        if outcome["result"] != "completed":
            # a receiver that comes up just in time may have its device open a moment too late
            barely = outcome["reason"] == "device" and outcome["lost_ms"] < 200
            assert barely or outcome["reason"] in ("power", "no-audio", "late"), outcome
        pieces = node.recording().since(since).follow(reference)
        # completed may have lost 40 ms, and so one of the twenty tenths of a second
        assert (sound.heard(pieces) >= 0.95) >= (outcome["result"] == "completed")
        assert outcome["heard_ms"] / 1000 < sound.heard(pieces) * AIRING_S + 0.4, outcome
    since = time.monotonic()
    last = ward.play(recording)
    assert_heard(node, ward.wait_outcomes(last)["cum-1"], reference, 1.0, since_mono=since)
    told = [e["airing"] for e in ward.log() if e["kind"] == "outcome"]
    assert sorted(told) == sorted([*airings, last])
