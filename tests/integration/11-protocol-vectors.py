# SPDX-License-Identifier: Apache-2.0
"""The golden vectors, read and made again by a second implementation that shares no code."""
from pathlib import Path

import pytest
import wire

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
KEYS = dict(line.split() for line in (VECTORS / "keys.txt").read_text().splitlines()
            if line and not line.startswith("#"))
CONTROLLER, NODE = wire.Key(KEYS["controller_seed"]), wire.Key(KEYS["node_seed"])
MESSAGES = [("plan", wire.TAG_PLAN, CONTROLLER), ("ack", wire.TAG_ACK, CONTROLLER),
            ("state", wire.TAG_STATE, NODE), ("report", wire.TAG_REPORT, NODE),
            ("watch", wire.TAG_WATCH, CONTROLLER)]


def test_key_ids_are_made_as_the_protocol_says():
    assert CONTROLLER.public_hex == KEYS["controller_public"]
    assert CONTROLLER.id.hex() == KEYS["controller_key_id"]
    assert NODE.public_hex == KEYS["node_public"]
    assert NODE.id.hex() == KEYS["node_key_id"]


@pytest.mark.parametrize("name,tag,key", MESSAGES)
def test_a_message_opens_and_seals_to_the_same_bytes(name, tag, key):
    message = (VECTORS / f"{name}.msg").read_bytes()
    topic = KEYS[f"{name}_topic"]
    body = wire.open_bytes(tag, topic, message, CONTROLLER.public, NODE.public)
    assert wire.seal(tag, topic, body, key) == message
    # The JSON itself is as json writes it, so that a reader can make it, too.
    assert wire.seal(tag, topic, wire.open_json(tag, topic, message, key.public), key) == message


@pytest.mark.parametrize("name,tag,key", MESSAGES)
def test_a_message_fits_no_other_tag_topic_or_key(name, tag, key):
    message = (VECTORS / f"{name}.msg").read_bytes()
    topic = KEYS[f"{name}_topic"]
    for other in (wire.TAG_PLAN, wire.TAG_ACK, wire.TAG_STATE, wire.TAG_REPORT, wire.TAG_AIR, wire.TAG_WATCH):
        if other != tag:
            with pytest.raises(wire.Refused, match="signature"):
                wire.open_bytes(other, topic, message, key.public)
    with pytest.raises(wire.Refused, match="signature"):
        wire.open_bytes(tag, topic + "x", message, key.public)
    with pytest.raises(wire.Refused, match="key"):
        wire.open_bytes(tag, topic, message, wire.Key().public)


def test_the_packet_is_what_the_byte_boxes_say():
    data = bytes.fromhex("".join((VECTORS / "packet.hex").read_text().split()))
    topic = KEYS["packet_topic"]
    packet = wire.decode_packet(topic, data, CONTROLLER.public)
    assert (packet.sequence, packet.first_frame, len(packet.frames)) == (7, 21, 3)
    assert packet.is_end
    assert wire.encode_packet(topic, CONTROLLER, packet.sequence, packet.first_frame,
                              packet.frames, flags=data[5]) == data
    for i in range(len(data)):
        broken = data[:i] + bytes([data[i] ^ 1]) + data[i + 1:]
        with pytest.raises(wire.Refused):
            wire.decode_packet(topic, broken, CONTROLLER.public)


def test_question_and_answer_for_the_time_are_what_the_tables_say():
    ask, answer = (bytes.fromhex("".join((VECTORS / f"time-{name}.hex").read_text().split()))
                   for name in ("ask", "answer"))
    nonce = wire.decode_time_ask(ask)
    t2_ns, t3_ns, bound_us = (int.from_bytes(answer[at:at + 8], "big") for at in (24, 32, 40))
    assert 0 <= t3_ns - t2_ns < 1_000_000_000
    assert wire.encode_time_answer(KEYS["time_topic"].split("/")[1], CONTROLLER, nonce, t2_ns,
                                   t3_ns, state=answer[6], bound_us=bound_us) == answer
