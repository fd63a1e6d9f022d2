# SPDX-License-Identifier: Apache-2.0
"""The wire format a second time, written from wire/PROTOCOL.md alone, with PyNaCl.

What it makes is exactly what it is asked for, sound or not: the tests also use it to lie.
"""
import base64
import hashlib
import json
import re
import struct
import time

import nacl.bindings
import nacl.exceptions
import nacl.signing

TAG_PLAN, TAG_ACK, TAG_STATE = "loa-plan-1", "loa-ack-1", "loa-state-1"
TAG_REPORT, TAG_AIR, TAG_WATCH = "loa-report-1", "loa-air-1", "loa-watch-1"

TAG_TIME = "loa-time-1"
TIME_SIZE = 112

FRAME_SAMPLES = 960
END, LIVE = 1, 2


class Refused(ValueError):
    """str() of it is one of: length, syntax, version, range, key, signature"""


def topic(kind, site, ident):
    return {
        "plan": f"loa/{site}/plan/{ident}",
        "air": f"loa/{site}/air/{ident}",
        "state": f"loa/{site}/node/{ident}/state",
        "report": f"loa/{site}/node/{ident}/report",
        "ack": f"loa/{site}/node/{ident}/ack",
    }[kind]


def now_us():
    return time.time_ns() // 1000


class Key:
    """An Ed25519 key from a 64-digit hexadecimal seed (a random one without)."""

    def __init__(self, seed_hex=None):
        seed = bytes.fromhex(seed_hex) if seed_hex else None
        self._key = nacl.signing.SigningKey(seed) if seed else nacl.signing.SigningKey.generate()
        self.public = bytes(self._key.verify_key)
        self.id = key_id(self.public)

    @property
    def seed_hex(self):
        return bytes(self._key).hex()

    @property
    def public_hex(self):
        return self.public.hex()

    def sign(self, tag, on_topic, data):
        return self._key.sign(signed_bytes(tag, on_topic, data)).signature


def key_id(public):
    return hashlib.blake2b(public, digest_size=32).digest()[:8]


def signed_bytes(tag, on_topic, data):
    return tag.encode() + b"\0" + on_topic.encode() + b"\0" + data


def verify(public, tag, on_topic, data, signature):
    try:
        nacl.signing.VerifyKey(public).verify(signed_bytes(tag, on_topic, data), signature)
        return True
    except nacl.exceptions.BadSignatureError:
        return False


# --- envelope --------------------------------------------------------------------------------

HEADER = re.compile(rb"loa1 ([0-9a-f]{16}) ([A-Za-z0-9_-]{86})\n")


def seal(tag, on_topic, body, key):
    """@body: bytes, or anything json can write"""
    if not isinstance(body, bytes):
        body = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    signature = base64.urlsafe_b64encode(key.sign(tag, on_topic, body)).rstrip(b"=")
    return b"loa1 " + key.id.hex().encode() + b" " + signature + b"\n" + body


def open_bytes(tag, on_topic, message, *publics):
    """-> the body's bytes, proven; raises Refused"""
    match = HEADER.match(message)
    if not match:
        raise Refused("syntax")
    public = {key_id(p): p for p in publics}.get(bytes.fromhex(match.group(1).decode()))
    if public is None:
        raise Refused("key")
    text = match.group(2)
    signature = base64.urlsafe_b64decode(text + b"==")
    if base64.urlsafe_b64encode(signature).rstrip(b"=") != text:
        raise Refused("syntax")
    body = message[match.end():]
    if not verify(public, tag, on_topic, body, signature):
        raise Refused("signature")
    return body


def open_json(tag, on_topic, message, *publics):
    return json.loads(open_bytes(tag, on_topic, message, *publics))


def peek_json(message):
    """The body without any proof, for looking at what a program says."""
    return json.loads(message[message.index(b"\n") + 1:])


# --- audio packet ----------------------------------------------------------------------------


def encode_packet(on_topic, key, sequence, first_frame, frames, flags=0, *, n_frames=None,
                  lengths=None, version=1, magic=b"LoaA", reserved=(0, 0), signature=None,
                  offset=None):
    """The keyword arguments are for lying."""
    data = struct.pack(">4sBBBB8sIIq", magic, version, flags,
                       len(frames) if n_frames is None else n_frames, reserved[0], key.id,
                       sequence, reserved[1],
                       first_frame * FRAME_SAMPLES if offset is None else offset)
    for i, frame in enumerate(frames):
        data += struct.pack(">H", len(frame) if lengths is None else lengths[i]) + frame
    return data + (key.sign(TAG_AIR, on_topic, data) if signature is None else signature)


class Packet:
    def __init__(self, flags, sequence, first_frame, frames):
        self.is_end = bool(flags & END)
        self.is_live = bool(flags & LIVE)
        self.sequence = sequence
        self.first_frame = first_frame
        self.frames = frames


def decode_packet(on_topic, data, *publics):
    if len(data) < 32 + 64:
        raise Refused("length")
    magic, version, flags, n_frames, reserved_1, ident, sequence, reserved_2, offset = \
        struct.unpack(">4sBBBB8sIIq", data[:32])
    if magic != b"LoaA":
        raise Refused("syntax")
    if version != 1:
        raise Refused("version")
    public = {key_id(p): p for p in publics}.get(ident)
    if public is None:
        raise Refused("key")
    if not verify(public, TAG_AIR, on_topic, data[:-64], data[-64:]):
        raise Refused("signature")
    if flags & ~(END | LIVE) or reserved_1 or reserved_2:
        raise Refused("syntax")
    if n_frames > 25 or (n_frames == 0 and not flags & END):
        raise Refused("range")
    if offset < 0 or offset % FRAME_SAMPLES:
        raise Refused("range")
    frames, at, end = [], 32, len(data) - 64
    for _ in range(n_frames):
        if at + 2 > end:
            raise Refused("length")
        size = struct.unpack(">H", data[at:at + 2])[0]
        at += 2
        if not 1 <= size <= 1275 or at + size > end:
            raise Refused("length")
        frames.append(data[at:at + size])
        at += size
    if at != end:
        raise Refused("length")
    return Packet(flags, sequence, offset // FRAME_SAMPLES, frames)


# --- time ------------------------------------------------------------------------------------


def decode_time_ask(data):
    """-> the nonce"""
    magic, version, kind, zero, nonce = struct.unpack(">4sBBHQ", data[:16])
    if len(data) != TIME_SIZE or (magic, version, kind, zero) != (b"LoaT", 1, 1, 0) or not nonce:
        raise Refused("syntax")
    return nonce


def encode_time_answer(site, key, nonce, t2_ns, t3_ns, state=2, bound_us=0):
    head = struct.pack(">4sBBBB8sQQQQ", b"LoaT", 1, 2, state, 0, key.id, nonce, t2_ns, t3_ns,
                       bound_us)
    return head + key.sign(TAG_TIME, f"loa/{site}/time", head)
