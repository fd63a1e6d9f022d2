# SPDX-License-Identifier: Apache-2.0
"""From the channel to the file and back, in mid-airing: nobody hears it."""
import re
import time

import numpy as np
import pytest
import sound
import wire
from process import wait_until
from ward import SITE

SECONDS = 16
DARK_S = 6


def sent_to(ward, name, airing):
    """Numbers of the broker's log lines by which it sent @name a packet of @airing."""
    line = re.compile(rf"Sending PUBLISH to loa-{SITE}-{name} .*'{wire.topic('air', SITE, airing)}'")
    return [i for i, text in enumerate(ward.broker.process.lines) if line.search(text)]


def residual_db(node, reference):
    """-> {second: how loud the worst tenth's difference from the reference is, dB below it}

    The best filter of nine taps is taken off first: the place of a sample is a fraction here."""
    said = node.recording()
    worst = {}
    for p in said.follow(reference)[1:-1]:
        want = np.stack([reference[p.media + k:p.media + k + sound.BLOCK] for k in range(-4, 5)], 1)
        got = said.samples[p.at:p.at + sound.BLOCK]
        taps, *_ = np.linalg.lstsq(want, got, rcond=None)
        second = p.media // sound.RATE
        worst[second] = max(worst.get(second, -200),
                            20 * np.log10(sound.rms(got - want @ taps) / sound.rms(got)))
    return worst


@pytest.mark.takes(24)
def test_the_file_takes_over_without_a_seam(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-doi", "cum-song"]}, stored=True, nodes=False,
                     broker_extra="log_type all\n")
    # Slow enough to get it in the middle; the other one never does, so that the channel goes on.
    changer = ward.nodes["cum-doi"].write_config(max_kbit_s=96).start()
    steady = ward.nodes["cum-song"].write_config(mirrors=[]).start()
    airing = ward.play(ward.import_audio(make_audio(SECONDS, seed=231)))
    changer.wait_state("has it", lambda s: airing in s["ready"])
    outcomes = ward.wait_outcomes(airing, timeout_s=30)
    reference = sound.decode_opus(ward.stored_audio())
    for name, node in ward.nodes.items():
        outcome = outcomes[name]
        assert outcome["result"] == "completed", outcome
        assert outcome["concealed_ms"] == outcome["n_gaps"] == outcome["lost_ms"] == 0, outcome
        pieces = node.recording().follow(reference)
        assert sound.heard(pieces) == 1.0 and sound.jumps(pieces) == []
    # It did live on the channel first, and not at the end.
    n_changer, n_steady = (len(sent_to(ward, n, airing)) for n in ("cum-doi", "cum-song"))
    assert 0.1 * n_steady < n_changer < 0.9 * n_steady, (n_changer, n_steady)
    # Second by second it sounded as the one that nothing happened to.
    changed, whole = residual_db(changer, reference), residual_db(steady, reference)
    assert changed.keys() == whole.keys()
    for second in changed:
        assert changed[second] < -40 and whole[second] < -40, (changed, whole)


@pytest.mark.takes(24)
def test_the_channel_takes_over_when_the_file_breaks(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, stored=True)
    node = ward.nodes["cum-1"]
    ward.ear.subscribe(f"loa/{SITE}/air/+")
    airing = ward.play(ward.import_audio(make_audio(SECONDS, seed=232)))
    playing = node.wait_state("plays from the file", lambda s: airing in s["ready"] and
                              s["position_ms"] > 2000)
    topic = wire.topic("air", SITE, airing)
    before = len(ward.ear.of(topic))
    node.kill()
    stored = node.data_dir / "audio" / ward.stored_audio().name
    stored.write_bytes(stored.read_bytes()[:-100])
    # Long without power, so that this is the larger loss by far: the channel, too, needs a moment.
    dark_until = playing["at_us"] / 1e6 + DARK_S
    wait_until("the power is back", lambda: time.time() > dark_until, DARK_S + 5)
    # nothing to fetch from: only the channel is left
    node.write_config(mirrors=[]).start(wait=False)
    outcome = ward.wait_outcomes(airing, timeout_s=30)["cum-1"]
    assert (outcome["result"], outcome["reason"]) == ("partial", "power"), outcome
    assert not stored.exists()
    later = ward.ear.of(topic)[before:]
    public = bytes.fromhex(node.controller_key)
    assert later, "the channel did not begin again"
    first = wire.decode_packet(topic, later[0].payload, public).first_frame
    assert 50 * 2 <= first < 50 * SECONDS, first
    reference = sound.decode_opus(ward.stored_audio())
    said = node.recording()
    pieces = said.follow(reference)
    assert sound.heard(pieces) > (SECONDS - DARK_S - 4) / SECONDS
    for p in pieces:
        if p.score >= sound.SAME:
            error = said.site_s(p.at) - outcome["planned_us"] / 1e6 - p.media / 48000
            assert abs(error) < 0.025, (p.media, error)
    wait_until("the outcome is acknowledged",
               lambda: ward.api("GET", "/api/v1/status")["nodes"][0]["unreported"] == 0)
