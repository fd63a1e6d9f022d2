# SPDX-License-Identifier: Apache-2.0
"""A recording that lies on every receiver is played from there: nothing of it goes over the channel."""
import re

import pytest
import sound
import wire
from process import wait_until
from ward import SITE, in_seconds

GROUPS = {"to-1": ["cum-1a", "cum-1b"], "to-2": ["cum-2"]}


def sent(ward, airing):
    return ward.ear.of(wire.topic("air", SITE, airing))


@pytest.mark.takes(12)
def test_a_fetched_recording_is_heard_with_no_channel_at_all(make_ward, make_audio):
    ward = make_ward(GROUPS, stored=True)
    ward.ear.subscribe(f"loa/{SITE}/air/+")
    airing = ward.play(ward.import_audio(make_audio(4, seed=201)), at=in_seconds(6))
    ward.wait_all_ready(airing)
    status = ward.loactl("status")
    assert "3/3" in status and "not ready on" not in status, status
    outcomes = ward.wait_outcomes(airing, timeout_s=25)
    reference = sound.decode_opus(ward.stored_audio())

    assert {o["result"] for o in outcomes.values()} == {"completed"}, outcomes
    assert sent(ward, airing) == []
    for name, node in ward.nodes.items():
        kept = list((node.data_dir / "audio").iterdir())
        assert [p.name for p in kept] == [ward.stored_audio().name], name
        assert kept[0].read_bytes() == ward.stored_audio().read_bytes()
        pieces = node.recording().follow(reference)
        assert sound.heard(pieces) == 1.0 and sound.jumps(pieces) == []
        assert abs(node.recording().site_s(pieces[0].at) - outcomes[name]["planned_us"] / 1e6) < 0.02


@pytest.mark.takes(12)
def test_one_that_is_not_ready_is_named_and_gets_the_channel(make_ward, make_audio):
    ward = make_ward(GROUPS, stored=True, nodes=False, broker_extra="log_type all\n")
    ward.ear.subscribe(f"loa/{SITE}/air/+")
    ward.nodes["cum-2"].write_config(mirrors=[])
    for node in ward.nodes.values():
        node.start(wait=False)
    for node in ward.nodes.values():
        node.wait_ready()
    airing = ward.play(ward.import_audio(make_audio(4, seed=202)), at=in_seconds(6))
    wait_until("two are ready", lambda: ward.ready_of(airing)["n"] == 2, every_s=0.1)
    assert ward.ready_of(airing) == {"n": 2, "of": 3, "missing": ["cum-2"]}
    said = ward.loactl("status")
    assert f"{airing}: 2/3 ready, not: cum-2" in said, said
    assert "is not ready on 1 of 3 receivers: cum-2" in said, said
    outcomes = ward.wait_outcomes(airing, timeout_s=25)
    assert {o["result"] for o in outcomes.values()} == {"completed"}, outcomes
    assert len(sent(ward, airing)) > 10
    # Those that had it were sent nothing of it.
    sending = re.compile(rf"Sending PUBLISH to (loa-\S+) .*'{wire.topic('air', SITE, airing)}'")
    receivers = {m.group(1) for m in map(sending.search, ward.broker.process.lines) if m}
    assert receivers == {f"loa-{SITE}-cum-2"}


@pytest.mark.takes(19)
def test_an_airing_of_now_begins_on_the_channel_and_leaves_it(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1", "cum-2"]}, stored=True)
    ward.ear.subscribe(f"loa/{SITE}/air/+")
    airing = ward.play(ward.import_audio(make_audio(14, seed=203)))
    outcomes = ward.wait_outcomes(airing, timeout_s=35)
    assert {o["result"] for o in outcomes.values()} == {"completed"}, outcomes
    reference = sound.decode_opus(ward.stored_audio())
    public = bytes.fromhex(ward.nodes["cum-1"].controller_key)
    packets = [wire.decode_packet(wire.topic("air", SITE, airing), m.payload, public)
               for m in sent(ward, airing)]
    assert packets and packets[0].first_frame == 0
    assert not any(p.is_end for p in packets)
    assert max(p.first_frame for p in packets) * 0.02 < 7, "the channel went on for nobody"
    for node in ward.nodes.values():
        said = node.recording()
        pieces = said.follow(reference)
        assert sound.heard(pieces) == 1.0 and sound.jumps(pieces) == []
