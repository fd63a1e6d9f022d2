# SPDX-License-Identifier: Apache-2.0
"""Fetching: it goes on where it was cut, believes a hash and nobody else, and never shows half a file."""
import pytest
import sound
from mirror import Mirror
from process import wait_until
from ward import in_seconds

FAR_S = 3600  # fetched long before it is due


@pytest.fixture
def planned(make_ward, make_audio, request):
    """-> (ward without a running node, airing, path of the recording at the controller)

    Its parameter: how many seconds."""
    ward = make_ward({"to-1": ["cum-1"]}, stored=True, nodes=False)
    recording = ward.import_audio(make_audio(getattr(request, "param", 20), seed=211))
    airing = ward.play(recording, at=in_seconds(FAR_S))
    return ward, airing, ward.stored_audio()


def kept(node):
    return sorted(p.name for p in (node.data_dir / "audio").iterdir())


def test_a_fetch_goes_on_where_the_line_broke(planned):
    ward, airing, file = planned
    node = ward.nodes["cum-1"]
    size = file.stat().st_size
    with Mirror(file.parent, cut_after=size // 3 + 1) as mirror:
        node.write_config(mirrors=[mirror.url]).start()
        wait_until("the line broke once", lambda: len(mirror.asked) >= 1)
        part = node.data_dir / "audio" / f"{file.stem}.part"
        wait_until("what came so far is kept",
                   lambda: part.exists() and part.stat().st_size == size // 3 + 1)
        assert not ward.ready_of(airing)["n"]
        ward.wait_all_ready(airing)
        assert mirror.asked[0] == 0 and mirror.asked == sorted(set(mirror.asked)), mirror.asked
        assert len(mirror.asked) == 3
    assert kept(node) == [file.name]
    assert (node.data_dir / "audio" / file.name).read_bytes() == file.read_bytes()


def test_a_power_cut_in_mid_fetch_costs_nothing_that_had_come(planned):
    ward, airing, file = planned
    node = ward.nodes["cum-1"]
    with Mirror(file.parent) as mirror:
        node.write_config(mirrors=[mirror.url], max_kbit_s=64).start()
        part = node.data_dir / "audio" / f"{file.stem}.part"
        wait_until("a part of it came", lambda: part.exists() and part.stat().st_size > 8000)
        node.kill()
        had = part.stat().st_size
        assert had < file.stat().st_size and kept(node) == [part.name]
        node.write_config(max_kbit_s=0).start()
        ward.wait_all_ready(airing)
        assert mirror.asked == [0, had]
    assert kept(node) == [file.name]


def test_a_mirror_that_lies_is_found_out_and_the_next_one_asked(planned):
    ward, airing, file = planned
    node = ward.nodes["cum-1"]
    with Mirror(file.parent, alter=lambda data: data[:-1] + bytes([data[-1] ^ 1])) as liar:
        node.write_config(mirrors=[liar.url, *node.mirrors]).start()
        ward.wait_all_ready(airing)
        assert liar.asked == [0]
    assert (node.data_dir / "audio" / file.name).read_bytes() == file.read_bytes()


def test_the_rate_is_limited_so_that_the_line_is_not_drowned(planned):
    ward, airing, file = planned
    node = ward.nodes["cum-1"]
    node.write_config(max_kbit_s=128).start()
    ward.wait_all_ready(airing)
    took_s = ward.ear.messages[-1].mono_s - node.process.started_mono
    assert took_s > 0.8 * file.stat().st_size * 8 / 128000, took_s


@pytest.mark.parametrize("planned", [5], indirect=True, ids=["5 s"])
def test_a_recording_that_rots_on_the_card_is_fetched_anew(planned, make_audio):
    ward, airing, file = planned
    node = ward.nodes["cum-1"].start()
    ward.wait_all_ready(airing)
    node.kill()
    stored = node.data_dir / "audio" / file.name
    data = bytearray(stored.read_bytes())
    data[len(data) // 2] ^= 1
    stored.write_bytes(data)
    node.start()
    now = ward.play(next(r["id"] for r in ward.api("GET", "/api/v1/recordings")["recordings"]))
    outcome = ward.wait_outcomes(now, timeout_s=40)["cum-1"]
    assert outcome["result"] == "completed", outcome
    assert stored.read_bytes() == file.read_bytes()
    pieces = node.recording().follow(sound.decode_opus(file))
    assert sound.heard(pieces) == 1.0 and sound.jumps(pieces) == []
