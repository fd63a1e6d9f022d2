# SPDX-License-Identifier: Apache-2.0
"""The receiver's disk is full: while it fetches, while it writes its journal."""
import sound
from evidence import assert_heard, wait_stored


def fill(path):
    ballast = path / "ballast"
    with open(ballast, "wb", buffering=0) as f:
        try:
            while f.write(b"x" * 1024):
                pass
        except OSError:
            pass
    return ballast


def test_no_room_to_fetch_means_the_channel(make_ward, make_audio, small_disk):
    """What cannot be stored is streamed, nothing half is left, and with room again it is fetched."""
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False, stored=True)
    node = ward.nodes["cum-1"]
    disk = small_disk(1024)
    node.data_dir = disk / "node"
    node.start()
    ballast = fill(disk)
    recording = ward.import_audio(make_audio(6, seed=241))
    reference = sound.decode_opus(ward.stored_audio())
    airing = ward.play(recording, at="+5s")
    node.wait_state("on air all the same", lambda s: s.get("on_air") == airing, timeout_s=20)
    node.wait_state("off air", lambda s: s.get("on_air") is None, timeout_s=20)
    ballast.unlink()
    outcome = ward.wait_outcomes(airing, timeout_s=40)["cum-1"]
    assert_heard(node, outcome, reference, 1.0)

    later = ward.play(recording, at="+1h")
    wait_stored(ward, timeout_s=60)
    audio = sorted(p.name for p in (node.data_dir / "audio").iterdir())
    assert audio == [ward.stored_audio().name], audio
    ward.loactl("stop", later)


def test_a_full_disk_under_the_journal_loses_no_outcome(make_ward, make_audio, small_disk):
    """Outcomes wait in memory, the state says so, and they are told when there is room."""
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    node = ward.nodes["cum-1"]
    disk = small_disk(1024)
    node.data_dir = disk / "node"
    node.start()
    recording = ward.import_audio(make_audio(2, seed=242))
    reference = sound.decode_opus(ward.stored_audio())
    ballast = fill(disk)
    airings = []
    for _ in range(2):
        airings.append(ward.play(recording))
        node.wait_state("on air", lambda s: s.get("on_air") == airings[-1])
        node.wait_state("off air", lambda s: s.get("on_air") is None)
    state = node.wait_state("says that it needs a hand", lambda s: s.get("trouble"))
    assert "disk" in state["trouble"] or "full" in state["trouble"], state["trouble"]
    ballast.unlink()
    for airing in airings:
        outcome = ward.wait_outcomes(airing, timeout_s=40)["cum-1"]
        assert outcome["result"] == "completed", outcome
    said = node.recording()
    assert len(said.sound_spans()) == 2
    assert sound.heard(said.follow(reference)) == 1.0
    node.wait_state("in order again", lambda s: not s.get("trouble"), timeout_s=40)
