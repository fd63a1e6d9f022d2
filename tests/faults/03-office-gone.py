# SPDX-License-Identifier: Apache-2.0
"""The office goes away: the broker for a while, the controller for good."""
import sound
from evidence import assert_heard, wait_stored
from process import wait_until

GROUPS = {"to-1": ["cum-1"], "to-2": ["cum-2"]}


def test_a_broker_that_restarts_is_not_heard_where_the_audio_lies_ready(make_ward, make_audio):
    ward = make_ward(GROUPS, stored=True)
    recording = ward.import_audio(make_audio(8, seed=221))
    reference = sound.decode_opus(ward.stored_audio())
    airing = ward.play(recording, at="+6s")
    wait_stored(ward)
    for node in ward.nodes.values():
        node.wait_state("two seconds in", lambda s: s.get("on_air") == airing and
                        s["position_ms"] >= 2000, timeout_s=30)
    ward.broker.kill()
    ward.broker.start()
    outcomes = ward.wait_outcomes(airing, timeout_s=60)
    for name, node in ward.nodes.items():
        assert_heard(node, outcomes[name], reference, 1.0)


def test_the_office_is_gone_and_every_airing_is_heard(make_ward, make_audio):
    """Controller and broker dead; the receivers play on, over a reboot, and tell it afterwards."""
    ward = make_ward(GROUPS, stored=True)
    recording = ward.import_audio(make_audio(4, seed=222))
    reference = sound.decode_opus(ward.stored_audio())
    airings = [ward.play(recording, at=at) for at in ("+12s", "+22s")]
    wait_stored(ward)
    ward.controller.kill()
    ward.broker.kill()
    rebooted = ward.nodes["cum-1"]
    rebooted.kill()
    rebooted.start(wait=False)

    def has_said(node, seconds):
        return sum(b - a for a, b in node.recording().sound_spans()) >= seconds * sound.RATE
    for n in (1, 2):
        for node in ward.nodes.values():
            wait_until(f"{node.name} has played {n}",
                       lambda node=node, n=n: has_said(node, 3.9 * n), timeout_s=40, every_s=0.3)
        rebooted.process.wait_log(f"airing {airings[n - 1]}: completed")
        rebooted.kill()
        rebooted.start(wait=False)
    ward.broker.start()
    ward.start_controller()
    for airing in airings:
        outcomes = ward.wait_outcomes(airing, timeout_s=90)
        for name, node in ward.nodes.items():
            # The second time it was the same words: each airing in its own stretch of the recording.
            said = node.recording()
            span = [s for s in said.sound_spans()
                    if abs(said.site_s(s[0]) - outcomes[name]["planned_us"] / 1e6) < 2]
            assert len(span) == 1, (span, outcomes[name])
            pieces = sound.Recording(said.samples[span[0][0] - 4800:span[0][1] + 4800],
                                     said.due).follow(reference)
            assert sound.heard(pieces) >= 0.95 and sound.jumps(pieces) == [], outcomes[name]
            first = next(p for p in pieces if p.score >= sound.SAME)
            off_s = said.site_s(span[0][0] - 4800 + first.at) - first.media / sound.RATE \
                - outcomes[name]["planned_us"] / 1e6
            assert abs(off_s) < 0.025, off_s
    for node in ward.nodes.values():
        assert len(node.recording().sound_spans()) == 2, "each once"
