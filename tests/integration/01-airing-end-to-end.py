# SPDX-License-Identifier: Apache-2.0
"""The whole path: a file from the office is heard in every group, and the log proves it."""
import sound
import wire
from fixtures import BULLETIN_S

GROUPS = {"to-1": ["cum-1a", "cum-1b"], "to-2": ["cum-2"]}


def assert_heard_whole(node, reference, since_mono=0):
    pieces = node.recording().since(since_mono).follow(reference)
    assert sound.heard(pieces) == 1.0, [(p.media, round(p.score, 2)) for p in pieces
                                        if p.score < sound.SAME]
    assert sound.jumps(pieces) == []
    return pieces


def test_real_audio_is_heard_by_every_node_and_the_log_says_so(make_ward, bulletin):
    ward = make_ward(GROUPS)
    recording = ward.import_audio(bulletin, "Bản tin sáng")
    airing = ward.play(recording)
    outcomes = ward.wait_outcomes(airing)
    reference = sound.decode_opus(ward.stored_audio())

    for name, node in ward.nodes.items():
        outcome = outcomes[name]
        assert outcome["result"] == "completed", outcome
        assert outcome["level"] == 2
        assert outcome["title"] == "Bản tin sáng"
        assert outcome["group"] == node.group
        assert abs(outcome["heard_ms"] - len(reference) / 48) < 40
        assert outcome["concealed_ms"] == 0
        pieces = assert_heard_whole(node, reference)
        heard_at = node.recording().site_s(pieces[0].at)
        assert abs(heard_at - outcome["planned_us"] / 1e6) < 0.020
        # What the node says about itself is what the recording shows.
        assert abs(heard_at - outcome["started_us"] / 1e6) < 0.020


def test_what_goes_in_is_what_comes_out(make_ward, bulletin):
    """Ingest trims, levels and encodes, but the words stay where they are."""
    ward = make_ward({"to-1": ["cum-1"]})
    ward.wait_outcomes(ward.play(ward.import_audio(bulletin)))
    source = sound.babble(BULLETIN_S, seed=1)
    said = ward.nodes["cum-1"].recording()
    for second in (0.5, 1.5, 2.5):
        at = int(second * sound.RATE)
        place, score = sound.find(source[at:at + sound.RATE // 2], said.samples)
        assert score > 0.7, f"second {second}: {score}"


def test_csv_and_json_tell_the_same(make_ward, bulletin):
    ward = make_ward(GROUPS)
    airing = ward.play(ward.import_audio(bulletin, 'Chúc mừng "năm mới"; 1, 2'))
    ward.wait_outcomes(airing)
    entries = [e for e in ward.log() if e["kind"] == "outcome"]
    rows = [r for r in ward.log_csv() if r["airing"]]
    assert len(rows) == len(entries) == 3
    assert {r["node"] for r in rows} == {e["node"] for e in entries}
    assert {r["title"] for r in rows} == {'Chúc mừng "năm mới"; 1, 2'}
    assert {r["result"] for r in rows} == {"completed"}
    # Excel takes a file for UTF-8 by its first three bytes.
    assert ward.loactl("log", "--csv").encode().startswith(b"\xef\xbb\xbf")
    only = ward.log("--group", "to-2")
    assert {e["node"] for e in only if e["kind"] == "outcome"} == {"cum-2"}


def test_only_the_groups_that_are_named_hear_it(make_ward, bulletin):
    ward = make_ward(GROUPS)
    airing = ward.play(ward.import_audio(bulletin), to="to-2")
    ward.wait_outcomes(airing, nodes=["cum-2"])
    assert not ward.nodes["cum-2"].recording().is_silent()
    for name in GROUPS["to-1"]:
        assert ward.nodes[name].recording().is_silent()
    assert {e["node"] for e in ward.log()} == {"cum-2"}


def test_every_packet_on_the_channel_is_signed_and_paced(make_ward, bulletin):
    ward = make_ward({"to-1": ["cum-1"]})
    ward.ear.subscribe("loa/phuong-thu/air/+")
    airing = ward.play(ward.import_audio(bulletin))
    outcome = ward.wait_outcomes(airing)["cum-1"]
    topic = wire.topic("air", "phuong-thu", airing)
    public = bytes.fromhex(ward.nodes["cum-1"].controller_key)
    packets = [(m, wire.decode_packet(topic, m.payload, public)) for m in ward.ear.of(topic)]
    frames = {p.first_frame + i: f for _, p in packets for i, f in enumerate(p.frames)}
    n_frames = packets[-1][1].first_frame + len(packets[-1][1].frames)
    assert sorted(frames) == list(range(n_frames))
    assert sum(p.is_end for _, p in packets) == 3
    assert len({m.mono_s // 0.1 for m, _ in packets}) > 10, "sent in one burst"
    assert abs(n_frames * 20 - outcome["duration_ms"]) < 100
