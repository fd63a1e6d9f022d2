# SPDX-License-Identifier: Apache-2.0
"""A stranger at a broker that lets everybody in, while an airing plays."""
import wire
from stranger import Memory, Show, Stranger, assert_works, at_it, events, garbage
from ward import SITE

GROUPS = {"to-1": ["cum-1"], "to-2": ["cum-2"]}
# What inboxes may hold at their fullest (docs/threats.md), and the allocator's share.
CONTROLLER_MIB, NODE_MIB = 180, 48


def topics(airing):
    return [wire.topic(kind, SITE, ident)
            for kind, ident in [("plan", "to-1"), ("plan", "to-2"), ("air", airing),
                                ("state", "cum-1"), ("report", "cum-1"), ("ack", "cum-1"),
                                ("ack", "cum-2"), ("state", "x" * 64), ("report", "cum-1\u202e")]]


def test_garbage_of_all_lengths_on_every_topic(make_ward, make_audio):
    ward = make_ward(GROUPS, stored=True)
    stranger = Stranger(ward)
    show = Show(ward, make_audio(12, seed=301))
    memory = Memory(ward)

    def flood():
        for n, junk in enumerate(garbage()):
            stranger.say(topics(show.airing)[n % 9], junk, qos=n % 2)
            yield 0.01 if n % 20 == 19 else 0
    with at_it(flood()):
        show.assert_heard()
    stranger.close()
    memory.assert_within(CONTROLLER_MIB, NODE_MIB)
    found = events(ward, "length", "syntax")
    assert sum(e["count"] for e in found) > 100
    assert not any("\x1b" in str(e) for e in found)
    assert_works(ward)


def test_a_flood_of_the_channel_itself(make_ward, make_audio):
    """No recording lies ready: sound and junk come by one topic."""
    ward = make_ward(GROUPS, playout_delay_ms=2000)
    stranger = Stranger(ward)
    show = Show(ward, make_audio(12, seed=302))
    memory = Memory(ward)
    topic = wire.topic("air", SITE, show.airing)

    def flood():
        for n, junk in enumerate(garbage(largest=30_000)):
            stranger.say(topic, junk[:4000])
            yield 0.05 if n % 20 == 19 else 0
    with at_it(flood()):
        show.assert_heard(least=0.97)
    stranger.close()
    memory.assert_within(CONTROLLER_MIB, NODE_MIB)
    events(ward, "length", "syntax")
    assert_works(ward)


def test_retained_rubbish_on_thousands_of_topics(make_ward, make_audio):
    """It comes again with each connection, before and between what is true."""
    ward = make_ward(GROUPS, stored=True)
    stranger = Stranger(ward)
    for n in range(4000):
        kind = ("state", "report", "ack", "plan", "air")[n % 5]
        stranger.say(wire.topic(kind, SITE, f"gia-{n}"), b"loa1 " + b"x" * (n % 700), qos=1,
                     retain=True)
    stranger.say_and_wait(wire.topic("ack", SITE, "cum-1"), b"rubbish", retain=True)
    show = Show(ward, make_audio(12, seed=303), at="+9s")
    memory = Memory(ward)
    ward.controller.kill()
    ward.start_controller()
    ward.nodes["cum-2"].restart()
    show.assert_heard()
    stranger.close()
    assert memory.grown_mib()["cum-1"] <= NODE_MIB
    assert ward.controller.peak_rss_kb() < 160 * 1024
    status = ward.api("GET", "/api/v1/status")
    assert sorted(n["id"] for n in status["nodes"]) == ["cum-1", "cum-2"]
    events(ward, "key")
    assert_works(ward)


def test_true_words_said_again(make_ward, make_audio):
    """He kept all that was said: plans, packets of another airing, states, reports, acks."""
    ward = make_ward(GROUPS, playout_delay_ms=2000)
    stranger = Stranger(ward).listen()
    Show(ward, make_audio(3, seed=304), at="+3s").assert_heard(least=0.97)
    old = [(topic, payload) for topic, payload in stranger.heard if payload]
    assert {t.split("/")[2] for t, _ in old} >= {"plan", "node", "air"}
    n_before = len(ward.log())
    show = Show(ward, make_audio(8, seed=305), at="+17s")
    packets = [(wire.topic("air", SITE, show.airing), p) for t, p in old if "/air/" in t]
    moved = [(t.replace("to-1", "to-2"), p) for t, p in old if "/plan/" in t]

    def again():
        while True:
            for n, (topic, payload) in enumerate([*old, *packets, *moved]):
                stranger.say(topic, payload, qos=1, retain="/plan/" in topic)
                yield 0.02 if n % 20 == 19 else 0
            yield 0.2
    with at_it(again()):
        ward.nodes["cum-2"].restart()  # the old plan is what the broker hands it
        show.assert_heard(least=0.97)
        dead = ward.nodes["cum-1"]
        dead.kill()
        deaths = ward.ear.wait("its will", lambda m: m.topic == wire.topic("state", SITE, "cum-1")
                               and m.payload and not wire.peek_json(m.payload)["online"],
                               after=dead._state_seen)
        assert deaths
        stranger_said = ward.ear.count()
        ward.ear.wait("its old words, again", lambda m: m.topic == deaths.topic and m.payload
                      and wire.peek_json(m.payload)["online"], after=stranger_said)
        status = {n["id"]: n["online"] for n in ward.api("GET", "/api/v1/status")["nodes"]}
        assert status == {"cum-1": False, "cum-2": True}
    dead.start()
    stranger.close()
    outcomes = [e for e in ward.log() if e["kind"] == "outcome"]
    assert len({(e["node"], e["airing"]) for e in outcomes}) == len(outcomes), "one each"
    assert len(ward.log()) >= n_before + 2
    events(ward, "serial", "signature", "stale")
    assert_works(ward)
