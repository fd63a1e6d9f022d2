# SPDX-License-Identifier: Apache-2.0
"""Five in the morning: the receiver itself keeps quiet, whoever asks."""
import datetime

import pytest
from process import wait_until

ZONE = datetime.timezone(datetime.timedelta(hours=7))
EVERY_DAY = '"mon", "tue", "wed", "thu", "fri", "sat", "sun"'


def clock(minutes_from_now):
    at = datetime.datetime.now(ZONE) + datetime.timedelta(minutes=minutes_from_now)
    return at.strftime("%H:%M")


def quiet_now():
    """The receiver's own quiet hours, an hour around now."""
    return (f'quiet_hours = ( {{ from = "{clock(-60)}"; to = "{clock(60)}"; }} );\n'
            "utc_offset_min = 420;\n")


def closed_now():
    """Permitted hours of the site that do not hold now."""
    hour = datetime.datetime.now(ZONE).hour
    window = ("13:00", "14:00") if hour < 12 else ("01:00", "02:00")
    return f'( {{ days = ( {EVERY_DAY} ); from = "{window[0]}"; to = "{window[1]}"; }} )'


@pytest.mark.takes(15)
def test_quiet_hours_of_the_receiver_hold_against_everything_but_an_emergency(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-im", "cum-noi"]}, nodes=False)
    quiet = ward.nodes["cum-im"].write_config(quiet_hours=quiet_now()).start()
    loud = ward.nodes["cum-noi"].start()
    recording = ward.import_audio(make_audio(2, seed=71))

    outcomes = ward.wait_outcomes(ward.play(recording))
    assert outcomes["cum-noi"]["result"] == "completed", outcomes
    assert outcomes["cum-im"]["result"] == "refused", outcomes
    assert "quiet" in outcomes["cum-im"]["reason"] or "hours" in outcomes["cum-im"]["reason"]
    assert quiet.recording().is_silent()
    assert not loud.recording().is_silent()

    # A plan that the site's own key signed, and that permits it: the receiver says no, and tells.
    wait_until("the office hears of the refusal", lambda: any(
        e["kind"] == "security" and e["node"] == "cum-im" and e["code"] == "hours"
        for e in ward.log("--events")), every_s=0.2)

    outcomes = ward.wait_outcomes(ward.play(recording, **{"class": "priority"}))
    assert outcomes["cum-im"]["result"] == "refused", outcomes
    assert quiet.recording().is_silent()

    outcomes = ward.wait_outcomes(ward.play(recording, **{"class": "emergency"}))
    assert outcomes["cum-im"]["result"] == "completed", outcomes
    assert not quiet.recording().is_silent()


def test_outside_the_permitted_hours_nothing_sounds_but_an_emergency(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, hours=closed_now())
    node = ward.nodes["cum-1"]
    recording = ward.import_audio(make_audio(2, seed=72))
    done = ward.run_loactl("play", recording, "--to", "all", "--json")
    if done.returncode == 0:
        import json
        outcome = ward.wait_outcomes(json.loads(done.stdout)["airing"])["cum-1"]
        assert outcome["result"] == "refused", outcome
        assert "hours" in outcome["reason"]
    else:
        assert "hours" in done.stderr
    assert node.recording().is_silent()
    outcome = ward.wait_outcomes(ward.play(recording, **{"class": "emergency"}))["cum-1"]
    assert outcome["result"] == "completed", outcome


def test_a_clock_nobody_vouches_for_opens_nothing(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    node = ward.nodes["cum-1"].write_config(trust_system=False, time=None).start()
    state = node.wait_state("says how its clock is", lambda s: s["online"])
    if state["clock"]["state"] == "synced":
        pytest.skip("the kernel of this machine says its clock is synchronised")
    outcome = ward.wait_outcomes(ward.play(ward.import_audio(make_audio(1, seed=73))))["cum-1"]
    assert outcome["result"] == "refused", outcome
    assert outcome["reason"].startswith("clock"), outcome
    assert node.recording().is_silent()
