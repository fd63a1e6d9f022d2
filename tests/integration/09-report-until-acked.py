# SPDX-License-Identifier: Apache-2.0
"""Outcomes wait on the receiver until the controller has them on its disk."""
import pytest
import wire
from ward import SITE


@pytest.mark.takes(12)
def test_an_outcome_made_while_the_controller_is_away_arrives_later(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]})
    node = ward.nodes["cum-1"]
    airing = ward.play(ward.import_audio(make_audio(4, seed=41)))
    node.wait_state("on air", lambda s: s.get("on_air") == airing and s["position_ms"] >= 500)
    ward.controller.kill()
    node.wait_state("over, and still to be reported",
                    lambda s: s.get("on_air") is None and s["n_unreported"] >= 1, timeout_s=20)
    # Its own power goes as well: the journal is on disk.
    node.kill()
    node.start(wait=False)
    ward.start_controller()
    outcome = ward.wait_outcomes(airing, timeout_s=20)["cum-1"]
    assert outcome["result"] in ("completed", "partial"), outcome
    assert outcome["heard_ms"] >= 500
    node.wait_state("nothing left", lambda s: s["n_unreported"] == 0)


def test_a_false_ack_is_not_believed(make_ward, make_audio):
    """Somebody on the broker would like the proof to vanish."""
    ward = make_ward({"to-1": ["cum-1"]})
    node = ward.nodes["cum-1"]
    ward.ear.subscribe(f"loa/{SITE}/node/+/report")
    ward.wait_outcomes(ward.play(ward.import_audio(make_audio(1, seed=42))))
    first = wire.peek_json(ward.ear.wait("a report", lambda m: m.topic.endswith("/report")).payload)
    ward.controller.kill()
    topic = wire.topic("ack", SITE, "cum-1")
    body = {"v": 1, "site": SITE, "node": "cum-1", "epoch": first["epoch"], "seq": 1_000_000}
    before = ward.ear.count()
    ward.ear.publish(topic, wire.seal(wire.TAG_ACK, topic, body, wire.Key()))
    ward.ear.wait("it is told as a security event", lambda m: m.topic.endswith("/report") and any(
        e["kind"] == "security" and e["data"]["code"] == "key"
        for e in wire.peek_json(m.payload)["entries"]), after=before)
