# SPDX-License-Identifier: Apache-2.0
"""Levels come every second while somebody looks, and seldom while nobody does."""
import http.client

import wire
from process import wait_until
from ward import SITE

FRESH_MS = 10000  # up to there everybody is told every second
LOOK_MS = 22000   # somebody begins to look
TOLD_MS = 28000   # the receiver has heard of it: the controller looks round every 5 s
SECONDS = 40
WATCH = f"loa/{SITE}/watch"


def test_they_come_every_second_only_while_somebody_looks(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]})
    ward.ear.subscribe(WATCH)
    topic = wire.topic("state", SITE, "cum-1")
    airing = ward.play(ward.import_audio(make_audio(SECONDS, seed=261)))
    ward.nodes["cum-1"].wait_state(
        "is well into it", lambda s: s.get("on_air") == airing and s["position_ms"] > LOOK_MS, 40)
    assert ward.ear.of(WATCH) == []
    link = http.client.HTTPConnection("127.0.0.1", int((ward.data_dir / "http.port").read_text()), timeout=60)
    link.request("GET", "/api/v1/events",
                 headers={"Authorization": f"Bearer {(ward.data_dir / 'token').read_text().strip()}"})
    stream = link.getresponse()  # kept: without it the connection ends
    assert stream.status == 200
    ward.wait_outcomes(airing, timeout_s=40)
    wait_until("it is silent", lambda: not ward.api("GET", "/api/v1/status")["on_air"])

    places = [s["position_ms"] for s in (wire.peek_json(m.payload) for m in ward.ear.of(topic) if m.payload)
              if s.get("on_air") == airing]
    unwatched = [p for p in places if FRESH_MS < p <= LOOK_MS]
    watched = [p for p in places if TOLD_MS < p]
    assert len(unwatched) <= 4, places
    assert len(watched) >= 9, places
    gaps = sorted(b - a for a, b in zip(watched, watched[1:]))
    assert gaps[len(gaps) // 2] < 1300, places
    # it is said while it is true, and is kept by nobody
    asked = ward.ear.of(WATCH)
    assert 1 <= len(asked) <= 6 and not any(m.retained for m in asked)
    for m in asked:
        wire.open_bytes(wire.TAG_WATCH, WATCH, m.payload, wire_key(ward))
    stream.close()
    link.close()


def wire_key(ward):
    """The site's public key, as every receiver has it in its configuration."""
    return bytes.fromhex(ward.nodes["cum-1"].controller_key)
