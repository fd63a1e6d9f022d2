# SPDX-License-Identifier: Apache-2.0
"""Quarter past three in the morning: the whole ward's clock says so, and the receiver stays silent,
whoever signed the plan. Midnight at Tết, which somebody approved, is heard."""
import os

import pytest
import wire
from impostor import GROUP, NODE, PLAN_TOPIC, Impostor
from process import wait_until
from shifted_clock import ShiftedClock, at

EVERY_DAY = '"mon", "tue", "wed", "thu", "fri", "sat", "sun"'
BY_DAY = f'( {{ days = ( {EVERY_DAY} ); from = "05:00"; to = "21:00"; }} )'
AT_NIGHT = 'quiet_hours = ( { from = "21:00"; to = "05:00"; } );\nutc_offset_min = 420;\n'
NIGHT, DAY = at("2026-12-05 03:15:00"), at("2026-12-05 06:15:00")
HOUR_US = 3600 * 1_000_000


@pytest.fixture
def make_night_ward(make_ward, folder):
    """make_night_ward(now) -> a ward that may speak from 5 to 21 and has no receiver yet; its clocks
    go on from @now."""
    if os.environ.get("LOA_SAN"):
        pytest.skip("a sanitizer wants to be loaded before the shifted clock")
    clock = ShiftedClock(folder / "clock-shift")

    def make(now):
        return clock.carry(make_ward({GROUP: [NODE]}, start=False, hours=BY_DAY), now).start(nodes=False)
    make.clock = clock
    return make


@pytest.fixture
def make_night(make_night_ward, make_audio):
    """make_night(now, quiet_hours) -> an Impostor before such a ward, whose receiver goes by its own clock"""
    def make(now, quiet_hours=""):
        ward = make_night_ward(now)
        ward.nodes[NODE].write_config(quiet_hours=quiet_hours, time=None).start()
        return Impostor(ward, make_audio(2, seed=74),
                        now_us=lambda: wire.now_us() + make_night_ward.clock.shift_us())
    return make


def hours_around(moment):
    us = int(moment.timestamp() * 1_000_000)
    return [{"from_us": us - HOUR_US, "to_us": us + HOUR_US}]


def play(stage, key, **changes):
    """An airing that begins at once, and its sound."""
    airing = stage.airing("ban-tin.dem", **{"class": "normal", **changes.pop("airing", {})})
    plan = stage.make_plan([airing], **changes)
    message = wire.seal(wire.TAG_PLAN, PLAN_TOPIC, plan, key)
    stage.ward.ear.subscribe(wire.topic("report", stage.plan["site"], NODE))
    stage.ward.ear.publish(PLAN_TOPIC, message, retain=True)
    return airing["id"]


def test_by_day_the_very_same_plan_is_heard(make_night):
    """The control for all the rest: nothing but the hour keeps the others silent."""
    stage = make_night(DAY, AT_NIGHT)
    ident = play(stage, stage.site_key, permitted=stage.plan["permitted"])
    stage.node.wait_state("it has the plan", lambda s: s.get("on_air") == ident)
    stage.send_audio(ident, stage.site_key)
    assert stage.wait_outcome(ident)["result"] in ("completed", "partial")
    assert not stage.node.recording().is_silent()


@pytest.mark.parametrize("case", ["site-hours", "own-hours", "priority"])
def test_a_signed_plan_at_quarter_past_three_stays_silent(make_night, case):
    """Signed by the site itself: a time mistyped (the hours that it names forbid it), or the hours
    mistyped, too (then the receiver's own hold)."""
    stage = make_night(NIGHT, AT_NIGHT if case == "own-hours" else "")
    permitted = hours_around(NIGHT) if case == "own-hours" else stage.plan["permitted"]
    ident = play(stage, stage.site_key, permitted=permitted,
                 airing={"class": "priority"} if case == "priority" else {})
    stage.node.wait_state("it has the plan", lambda s: s["plan_serial"] > stage.plan["serial"])
    stage.send_audio(ident, stage.site_key)
    outcome = stage.wait_outcome(ident)
    assert (outcome["result"], outcome["reason"]) == ("refused", "quiet" if case == "own-hours" else "hours")
    events = stage.wait_events("hours")
    assert [e["node"] for e in events if e["code"] == "hours"] == [NODE]
    assert stage.node.recording().is_silent()


def test_a_forged_exception_at_quarter_past_three_stays_silent(make_night):
    """It allows itself everything, and is signed by somebody else."""
    stage, stranger = make_night(NIGHT), wire.Key()
    ident = play(stage, stranger, permitted=hours_around(NIGHT),
                 airing={"class": "emergency", "exception": "Chủ tịch UBND: giả"})
    stage.node.wait_state("it refuses the plan", lambda s: s["n_refused"] > 0)
    stage.send_audio(ident, stranger)
    assert NODE in {e["node"] for e in stage.wait_events("key")}
    assert stage.node.recording().is_silent()


def test_midnight_at_tet_is_heard_by_its_approved_exception_and_nothing_else_is(make_night_ward, folder,
                                                                               make_audio):
    ward = make_night_ward(at("2027-02-05 23:50:00"))
    recording = ward.import_audio(make_audio(2, seed=75))
    common = f'recording = "{recording}"; to = "all";'
    (folder / "tet.cfg").write_text(f'''broadcasts = (
  {{ id = "giao-thua"; title = "Chúc Tết"; {common} giao_thua = "+00:00";
     exception = {{ by = "Chủ tịch UBND phường"; why = "Giao thừa"; }}; }},
  {{ id = "khong-phep"; title = "Không phép"; {common} at = "00:00:10"; }} );
''')
    ward.loactl("apply", folder / "tet.cfg")
    airing = "giao-thua.20270206t000000"
    planned = wait_until("the plan has it", lambda: [
        a for a in ward.plan(GROUP)["airings"] if a["id"] == airing])
    assert planned[0]["exception"] == "Chủ tịch UBND phường: Giao thừa"
    ward.set_clock(at("2027-02-05 23:59:45"))
    node = ward.nodes[NODE].write_config(quiet_hours=AT_NIGHT, time=None).start()
    outcome = ward.wait_outcomes(airing, timeout_s=60)[NODE]
    assert outcome["result"] == "completed", outcome
    assert not node.recording().is_silent()
    # What nobody allowed is in no plan, and the office is told why.
    assert not [a for a in ward.plan(GROUP)["airings"] if a["id"].startswith("khong-phep.")]
    assert [w for w in ward.api("GET", "/api/v1/status")["warnings"] if "khong-phep" in w and "hours" in w]
