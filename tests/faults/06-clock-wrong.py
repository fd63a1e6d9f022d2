# SPDX-License-Identifier: Apache-2.0
"""The system clock is wrong, or is set while the receiver runs."""
import threading
import time

import pytest
import sound
from evidence import assert_heard, wait_stored

HOUR_S = 3600
NINETEEN_SEVENTY = 86400 * 19  # no clock of a running machine is near it


def test_in_1970_without_a_network_nothing_opens(make_far_ward, make_audio, shifted_clock):
    """After a power cut in a village: no battery behind the clock, no network, a plan on the disk.
    Then the line returns, and with it the time."""
    ward = make_far_ward({"to-1": ["cum-1"]}, stored=True)
    node, line = ward.nodes["cum-1"], ward.lines["cum-1"]
    node.kill()
    node.write_config(trust_system=False).start()
    node.wait_state("has the time", lambda s: s["clock"]["state"] == "synced")
    recording = ward.import_audio(make_audio(3, seed=251))
    reference = sound.decode_opus(ward.stored_audio())
    missed = ward.play(recording, at="+9s")
    wait_stored(ward)
    node.kill()
    line.cut()
    # What was learned of the time is of no use after a boot.
    (node.data_dir / "clock").unlink(missing_ok=True)
    shifted_clock.set(NINETEEN_SEVENTY - time.time())
    node.env = shifted_clock.env
    node.start(wait=False)
    threading.Event().wait(14)  # the airing and more: that nothing happens tells nobody
    assert node.recording().is_silent()
    assert node.process.is_running()
    line.mend()
    node.wait_state("has the time", lambda s: s["online"] and s["clock"]["state"] == "synced",
                    timeout_s=60)
    outcome = ward.wait_outcomes(missed, timeout_s=30)["cum-1"]
    assert outcome["result"] in ("missed", "refused", "partial"), outcome
    assert outcome["reason"] in ("clock", "power", "late"), outcome

    since = time.monotonic()
    airing = ward.play(recording)
    assert_heard(node, ward.wait_outcomes(airing)["cum-1"], reference, 1.0, since_mono=since)


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S], ids=["forward", "back"])
def test_a_step_does_not_touch_who_asks_the_controller(make_ward, make_audio, shifted_clock, step_s):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    node = ward.nodes["cum-1"]
    node.env = shifted_clock.env
    node.start()
    node.wait_state("has the time", lambda s: s["clock"]["source"] == "controller")
    recording = ward.import_audio(make_audio(8, seed=252))
    reference = sound.decode_opus(ward.stored_audio())
    airing = ward.play(recording)
    node.wait_state("two seconds in", lambda s: s.get("on_air") == airing and
                    s["position_ms"] >= 2000)
    shifted_clock.set(step_s)
    assert_heard(node, ward.wait_outcomes(airing)["cum-1"], reference, 1.0)


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S], ids=["forward", "back"])
def test_a_step_of_the_only_clock_is_told_and_plays_nothing_twice(
        make_ward, make_audio, shifted_clock, step_s):
    """A receiver that lives on its system clock: it goes wrong in mid-airing, and is set right."""
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    node = ward.nodes["cum-1"]
    node.env = shifted_clock.env
    node.write_config(time=None).start()
    recording = ward.import_audio(make_audio(10, seed=253))
    reference = sound.decode_opus(ward.stored_audio())
    airing = ward.play(recording)
    node.wait_state("two seconds in", lambda s: s.get("on_air") == airing and
                    s["position_ms"] >= 2000)
    shifted_clock.set(step_s)
    node.wait_state("off air", lambda s: s.get("on_air") is None)
    shifted_clock.set(0)
    outcome = ward.wait_outcomes(airing, timeout_s=30)["cum-1"]
    assert outcome["result"] == "partial" and outcome["reason"] == "clock", outcome
    assert_heard(node, outcome, reference, 0.1, 0.95)

    # By the plan it holds the output to its end, settled or not: the next one waits for that.
    threading.Event().wait(max(0, outcome["planned_us"] / 1e6 + 10.5 - time.time()))
    since = time.monotonic()
    again = ward.play(recording)
    assert_heard(node, ward.wait_outcomes(again, timeout_s=30)["cum-1"], reference, 1.0,
                 since_mono=since)


@pytest.mark.parametrize("step_s", [HOUR_S, -HOUR_S], ids=["forward", "back"])
def test_a_step_before_an_airing_skips_nothing_silently(make_ward, make_audio, shifted_clock, step_s):
    """Wrong for a moment, right again before the start: played once, or told why not."""
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    node = ward.nodes["cum-1"]
    node.env = shifted_clock.env
    node.write_config(time=None).start()
    recording = ward.import_audio(make_audio(3, seed=254))
    reference = sound.decode_opus(ward.stored_audio())
    airing = ward.play(recording, at="+8s")
    node.wait_ready(serial_above=0)
    shifted_clock.set(step_s)
    node.wait_state("saw the step", lambda s: abs(s["at_us"] / 1e6 - time.time() - step_s) < 60,
                    timeout_s=40)
    shifted_clock.set(0)
    outcome = ward.wait_outcomes(airing, timeout_s=40)["cum-1"]
    if outcome["result"] == "completed":
        assert_heard(node, outcome, reference, 1.0)
    else:
        assert outcome["result"] == "missed" and outcome["reason"] == "clock", outcome
        assert node.recording().is_silent(), "told as missed, and heard"
