# SPDX-License-Identifier: Apache-2.0
"""The power goes, at any moment, and takes the end of any file with it. FAULT_KILLS: how often;
FAULT_SEED: at which moments."""
import os
import random
import sqlite3
import threading
import time

import pytest
import sound
from evidence import assert_heard, wait_stored

KILLS = int(os.environ.get("FAULT_KILLS", "20"))
SEED = os.environ.get("FAULT_SEED", "1")
NODES = ["cum-1", "cum-2", "cum-3", "cum-4"]
AIRING_S = 2
PLAYOUT_DELAY_MS = 800
# A checkpoint is written every few seconds: what was heard since the last one is not known.
FORGOTTEN_S = 2


def torn_files(folder):
    return [p for p in [folder / "journal.db-wal", folder / "plan", *folder.rglob("*.part")]
            if p.exists()]


def tear(dice, folder, settled):
    """The end of what was written since @settled never came to the disk."""
    for path in torn_files(folder):
        kept = settled.get(path, 0) if path.name != "plan" else 0
        if path.stat().st_size > kept and dice.random() < 0.5:
            os.truncate(path, dice.randint(kept, path.stat().st_size))


def cut_power(dice, nodes, settled, torn):
    """Kills every node once at a moment of its own, around the airing, and starts it again."""
    begun = time.monotonic()
    events = []
    for node in nodes:
        off_s = dice.uniform(0, PLAYOUT_DELAY_MS / 1000 + AIRING_S + 0.5)
        events += [(off_s, node.kill), (off_s + dice.uniform(0.05, 0.5), node)]
    for at_s, what in sorted(events, key=lambda e: e[0]):
        threading.Event().wait(max(0, begun + at_s - time.monotonic()))
        if callable(what):
            what()
        else:
            if torn:
                tear(dice, what.data_dir, settled)
            what.start(wait=False)


def assert_once_and_told(node, outcome, reference, since_mono):
    """Nothing sounds twice; no more is told than was heard, no less but what no checkpoint had."""
    said = node.recording().since(since_mono)
    pieces = said.follow(reference)
    for p in pieces:
        if p.score >= sound.SAME:
            off_s = said.site_s(p.at) - outcome["planned_us"] / 1e6 - p.media / sound.RATE
            assert abs(off_s) < 0.025, f"{p.media / sound.RATE:.1f} s: {off_s * 1000:+.0f} ms"
    heard_s = sound.heard(pieces) * len(reference) / sound.RATE
    told_s = (outcome["heard_ms"] - outcome["concealed_ms"]) / 1000
    assert heard_s - FORGOTTEN_S - 0.3 < told_s < heard_s + 0.3, (heard_s, outcome)
    if outcome["result"] == "completed":
        assert heard_s > AIRING_S - 0.15, outcome
    elif outcome["result"] == "missed":
        assert outcome["reason"], outcome
    else:
        assert outcome["result"] == "partial" and outcome["reason"], outcome


@pytest.mark.parametrize("torn", [False, True], ids=["killed", "torn"])
@pytest.mark.parametrize("stored", [False, True], ids=["channel", "stored"])
def test_one_outcome_whatever_the_moment(make_ward, make_audio, stored, torn):
    dice = random.Random(f"{SEED} {stored} {torn}")
    ward = make_ward({"to-1": NODES[:2], "to-2": NODES[2:]}, playout_delay_ms=PLAYOUT_DELAY_MS,
                     stored=stored)
    recording = ward.import_audio(make_audio(AIRING_S, seed=231))
    reference = sound.decode_opus(ward.stored_audio())
    airings = set()
    for _ in range(-(-KILLS // (4 * len(NODES)))):  # four cases share them
        settled = {p: p.stat().st_size for n in ward.nodes.values() for p in torn_files(n.data_dir)}
        since = time.monotonic()
        airing = ward.play(recording)
        airings.add(airing)
        cut_power(dice, ward.nodes.values(), settled, torn)
        for node in ward.nodes.values():
            node.wait_ready()
        outcomes = ward.wait_outcomes(airing, timeout_s=40)
        for name, node in ward.nodes.items():
            assert_once_and_told(node, outcomes[name], reference, since)

    # No repair was needed, and nothing is left over: the next airing is heard by all, whole.
    if stored:
        wait_stored(ward)
    since = time.monotonic()
    last = ward.play(recording)
    outcomes = ward.wait_outcomes(last)
    for name, node in ward.nodes.items():
        assert_heard(node, outcomes[name], reference, 1.0, since_mono=since)
    told = [e["airing"] for e in ward.log() if e["kind"] == "outcome"]
    assert sorted(told) == sorted([*airings, last] * len(NODES))
    for path in ward.folder.rglob("*.db"):
        with sqlite3.connect(path) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert not list(ward.folder.rglob("plan.*")), "half a file was left behind"
