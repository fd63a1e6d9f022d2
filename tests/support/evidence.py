# SPDX-License-Identifier: Apache-2.0
"""What sounded, held against what the ledger says of it."""
import sound


def assert_heard(node, outcome, reference, least, most=1.0, off_ms=25, since_mono=0):
    """What sounded was @reference, in its place on the timeline, once; at least and at most these
    shares of it; and the ledger tells the same. -> the share"""
    said = node.recording().since(since_mono)
    pieces = said.follow(reference)
    good = [p for p in pieces if p.score >= sound.SAME]
    for p in good:
        off_s = said.site_s(p.at) - outcome["planned_us"] / 1e6 - p.media / sound.RATE
        assert abs(off_s) * 1000 < off_ms, (
            f"{p.media / sound.RATE:.1f} s: {off_s * 1000:+.0f} ms, score {p.score:.2f}; "
            f"jumps {sound.jumps(pieces)[:5]}; {outcome}")
    for p in good[::8]:
        scores = sound.correlate(reference[p.media:p.media + sound.BLOCK], said.samples)
        scores[max(0, p.at - sound.BLOCK):p.at + sound.BLOCK] = 0
        assert scores.max() < sound.SAME, f"{p.media / sound.RATE:.1f} s sounded twice"
    share = sound.heard(pieces)
    assert least <= share <= most, (share, outcome)
    told = (outcome["heard_ms"] - outcome["concealed_ms"]) / outcome["duration_ms"]
    assert abs(told - share) < 0.12, f"told {told:.2f}, heard {share:.2f}: {outcome}"
    if share > 0.999:
        assert outcome["result"] == "completed", outcome
    if good and good[0].media == 0 and outcome["start_error_us"]:
        assert abs(outcome["start_error_us"]) < off_ms * 1000, outcome
    return share


def wait_stored(ward, timeout_s=30):
    """Every receiver has every recording that its plan names."""
    for node in ward.nodes.values():
        node.wait_state("has the recording",
                        lambda s: s["n_wanted"] > 0 and s["n_ready"] >= s["n_wanted"], timeout_s)
