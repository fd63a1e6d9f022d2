# SPDX-License-Identifier: Apache-2.0
"""The year of a ward, through a running controller whose clock is turned by hand: rules by the moon, by
Tết, by occasions and events reach the plans; a disclosure that a group missed goes on there."""
import datetime
import os
import signal

import pytest
import wire
from process import wait_until
from shifted_clock import ShiftedClock, at
from ward import SITE

EPOCH = "0123456789abcdef"


def us(moment):
    return int(moment.timestamp()) * 1_000_000


@pytest.fixture
def make_office(make_ward, folder):
    """make_office(groups, now) -> a ward without a running receiver, whose controller's clock goes on
    from @now; ward.set_clock(moment) sets it."""
    if os.environ.get("LOA_SAN"):
        pytest.skip("a sanitizer wants to be loaded before the shifted clock")
    clock = ShiftedClock(folder / "clock-shift")

    def make(groups, now):
        return clock.carry(make_ward(groups, start=False), now).start(nodes=False)
    return make


def agenda(ward, start, days):
    """-> {airing: groups} of so many days"""
    found = ward.api("GET", f"/api/v1/agenda?from_us={us(start)}"
                            f"&to_us={us(start + datetime.timedelta(days=days))}")["airings"]
    return {a["id"]: a["groups"] for a in found}


def test_every_kind_of_rule_reaches_the_plans(make_office, folder, bulletin):
    ward = make_office({"to-1": ["cum-1"]}, at("2027-02-01 12:00:00"))
    recording = ward.import_audio(bulletin)
    common = f'recording = "{recording}"; to = "all";'
    (folder / "nam.cfg").write_text(f'''broadcasts = (
  {{ id = "mung-1"; title = "Mùng 1"; {common} at = "07:00"; lunar = {{ day = 1; month = 1; }}; }},
  {{ id = "giao-thua"; title = "Giao thừa"; {common} giao_thua = [ "-00:15", "+00:00" ]; }},
  {{ id = "truoc-tet"; title = "Trước Tết"; {common} at = "17:00";
     occasion = {{ id = "tet"; days_before = [ 3, 1 ]; }}; }},
  {{ id = "thu-sau"; title = "Thứ sáu"; {common} at = "06:30"; from = "2027-01-01"; rrule = "FREQ=MONTHLY;BYDAY=1FR"; }},
  {{ id = "hop"; title = "Họp"; {common}
     event = {{ at = "2027-02-09 08:00"; reminders = [ "-3d", "-1d 17:00", "-2h" ]; }}; }},
  {{ id = "het-han"; title = "Hết hạn"; {common} at = "06:00"; expires = "2027-02-02"; }},
  {{ id = "xem-lai"; title = "Xem lại"; {common} at = "06:01"; days = "sun"; review_by = "2027-02-01"; }} );
''')
    ward.loactl("apply", folder / "nam.cfg")
    assert sorted(agenda(ward, at("2027-02-01 12:00:00"), 10)) == sorted([
        "mung-1.20270206t070000", "giao-thua.20270205t234500", "giao-thua.20270206t000000",
        "truoc-tet.20270203t170000", "truoc-tet.20270205t170000", "thu-sau.20270205t063000",
        "hop.20270206t080000", "hop.20270208t170000", "hop.20270209t060000",
        "het-han.20270202t060000", "xem-lai.20270207t060100"])
    assert [w for w in ward.api("GET", "/api/v1/status")["warnings"] if "xem-lai" in w and "reviewed" in w]

    # The meeting is put off by two days, and its reminders with it.
    ward.loactl("apply", _moved(folder / "nam.cfg", "2027-02-09 08:00", "2027-02-11 08:00"))
    assert [a for a in sorted(agenda(ward, at("2027-02-01 12:00:00"), 14)) if a.startswith("hop")] == \
        ["hop.20270208t080000", "hop.20270210t170000", "hop.20270211t060000"]

    # Two days later the one has expired.
    ward.set_clock(at("2027-02-03 00:01:00"))
    wait_until("it is said that it expired", lambda: [
        w for w in ward.api("GET", "/api/v1/status")["warnings"] if w.startswith("het-han expired on 2027-02-02")])


def _moved(path, old, new):
    path.write_text(path.read_text().replace(old, new))
    return path


class Reporter:
    """A receiver that is nothing but its reports."""

    def __init__(self, ward, name):
        self.ward, self.name, self.seq = ward, name, 0
        self.key = wire.Key(ward.nodes[name].seed)

    def completed(self, airing, moment):
        self.seq += 1
        data = {"airing": airing, "broadcast": airing.split(".")[0], "title": "Công khai", "class": "normal",
                "result": "completed", "reason": "", "level": 2, "planned_us": us(moment),
                "started_us": us(moment), "ended_us": us(moment) + 4_000_000, "duration_ms": 4000,
                "heard_ms": 4000, "concealed_ms": 0, "n_gaps": 0, "lost_ms": 0, "n_pauses": 0,
                "paused_ms": 0, "start_error_us": 0, "level_db": -20.0,
                "clock": {"state": "synced", "source": "system", "bound_us": 1000}}
        topic = wire.topic("report", SITE, self.name)
        body = {"v": 1, "site": SITE, "node": self.name, "epoch": EPOCH,
                "entries": [{"seq": self.seq, "kind": "outcome", "data": data}]}
        self.ward.ear.publish(topic, wire.seal(wire.TAG_REPORT, topic, body, self.key))
        wait_until(f"{airing} of {self.name} is in the ledger", lambda: [
            e for e in self.ward.log("--node", self.name) if e.get("airing") == airing])


@pytest.mark.takes(26)
def test_a_group_that_misses_a_day_of_a_disclosure_is_an_alarm_and_hears_it_longer(make_office, folder,
                                                                                   bulletin):
    first = at("2027-03-01 17:00:00")
    day = datetime.timedelta(days=1)
    ward = make_office({"to-1": ["cum-1"], "to-2": ["cum-2"]}, first - datetime.timedelta(hours=1))
    recording = ward.import_audio(bulletin)
    (folder / "ck.cfg").write_text(
        f'broadcasts = ( {{ id = "ck"; title = "Công khai"; recording = "{recording}"; to = "all";'
        ' at = "17:00"; from = "2027-03-01"; campaign = { kind = "disclosure"; }; } );')
    ward.loactl("apply", folder / "ck.cfg")
    ids = [f"ck.{first + n * day:%Y%m%dt%H%M%S}" for n in range(6)]
    both = ["to-1", "to-2"]
    assert agenda(ward, first, 6) == {i: both for i in ids[:3]}
    one, two = Reporter(ward, "cum-1"), Reporter(ward, "cum-2")
    ward.set_clock(first + datetime.timedelta(minutes=1))
    one.completed(ids[0], first)
    two.completed(ids[0], first)

    # On the second day nothing comes from to-2. Ten minutes after the end the office knows, by time alone.
    ward.set_clock(first + day + datetime.timedelta(minutes=9, seconds=57))
    one.completed(ids[1], first + day)

    def warnings():
        return [w for w in ward.api("GET", "/api/v1/status")["warnings"] if w.startswith("ck ")]
    wait_until("the alarm, on the day", warnings, timeout_s=60)
    assert "to-2 (Tổ dân phố 2) missed 2027-03-02" in warnings()[0] and "to-1" not in warnings()[0]
    assert agenda(ward, first + day, 6) == {ids[1]: both, ids[2]: both, ids[3]: ["to-2"], ids[4]: ["to-2"]}
    shown = ward.api("GET", "/api/v1/timetable?from=2027-03-03&days=4")["days"]
    assert [[s["groups"] for s in d["starts"]] for d in shown] == [["all"], [["to-2"]], [["to-2"]], []]
    wait_until("the plan has the days that it gets more",
               lambda: {ids[3], ids[4]} <= {a["id"] for a in ward.plan("to-2")["airings"]})
    assert ids[3] not in [a["id"] for a in ward.plan("to-1")["airings"]]
    proof = {g["id"]: g for g in ward.loactl_json("campaign", "ck")["campaigns"][0]["groups"]}
    assert (proof["to-1"]["state"], proof["to-1"]["proven"]) == ("running", ["2027-03-01", "2027-03-02"])
    assert (proof["to-2"]["state"], proof["to-2"]["missed"]) == ("broken", ["2027-03-02"])
    assert proof["to-2"]["plays_until"] == "2027-03-05"
    assert proof["to-2"]["alarms"][0]["day"] == "2027-03-02"
    assert proof["to-2"]["alarms"][0]["raised"].startswith("2027-03-02T17:1")

    # It was only cut off: its report comes, and takes the alarm back, but not that there was one.
    two.completed(ids[1], first + day)
    wait_until("no alarm any more", lambda: not warnings(), timeout_s=60)
    assert agenda(ward, first + day, 6) == {ids[1]: both, ids[2]: both}
    group = ward.loactl_json("campaign", "ck")["campaigns"][0]["groups"][1]
    assert group["missed"] == [] and len(group["alarms"]) == 1
    assert "running" in ward.loactl("campaign", "ck")
    assert ward.run_loactl("campaign", "khong-co").returncode != 0

    # On the third day to-1 has all of it. Then the broadcast is withdrawn: what is proven stays proven.
    ward.set_clock(first + 2 * day + datetime.timedelta(minutes=1))
    one.completed(ids[2], first + 2 * day)
    (folder / "ck.cfg").write_text("broadcasts = ( );")
    ward.loactl("apply", folder / "ck.cfg", "--prune")
    ward.set_clock(first + 9 * day)
    withdrawn = ward.loactl_json("campaign", "ck")["campaigns"][0]
    proof = {g["id"]: g for g in withdrawn["groups"]}
    assert withdrawn["withdrawn"].startswith("2027-03-03T17:0")
    assert (proof["to-1"]["state"], proof["to-1"]["proven_on"]) == ("proven", "2027-03-03")
    assert (proof["to-2"]["state"], proof["to-2"]["run"], proof["to-2"]["missed"]) == ("running", 2, [])
    assert withdrawn["n_proven"] == 1
    assert "withdrawn 2027-03-03" in ward.loactl("campaign")
    # What receivers tell later of an airing before counts, too.
    two.completed(ids[2], first + 2 * day)
    assert ward.loactl_json("campaign", "ck")["campaigns"][0]["n_proven"] == 2


def test_an_office_adds_an_occasion_without_a_restart(make_office, folder, bulletin):
    ward = make_office({"to-1": ["cum-1"]}, at("2027-03-01 12:00:00"))
    recording = ward.import_audio(bulletin)
    own = ward.data_dir / "occasions.cfg"
    lich = folder / "hoi.cfg"
    lich.write_text(f'broadcasts = ( {{ id = "hoi"; title = "Hội làng"; recording = "{recording}"; to = "all";'
                    ' at = "06:00"; occasion = { id = "hoi-lang"; }; } );')
    assert ward.run_loactl("apply", lich).returncode == 65
    own.write_text('occasions = ( { id = "hoi-lang"; name = "Hội làng"; solar = "09/03"; } );')
    ward.controller.signal(signal.SIGHUP)
    ward.controller.wait_log("read occasions.cfg")
    ward.loactl("apply", lich)
    assert list(agenda(ward, at("2027-03-01 12:00:00"), 13)) == ["hoi.20270309t060000"]

    # The day is moved; then somebody makes a mistake, and nothing changes.
    own.write_text(own.read_text().replace("09/03", "10/03"))
    ward.controller.signal(signal.SIGHUP)
    wait_until("the new day", lambda: list(agenda(ward, at("2027-03-01 12:00:00"), 13)) == ["hoi.20270310t060000"])
    own.write_text("occasions = (")
    ward.controller.signal(signal.SIGHUP)
    ward.controller.wait_log("the calendars stay as they were")
    assert list(agenda(ward, at("2027-03-01 12:00:00"), 13)) == ["hoi.20270310t060000"]

    # loactl goes by the office's calendars, too.
    own.unlink()
    before = ward.loactl("lunar", "2026-03-18")
    (ward.data_dir / "lunar-overrides.cfg").write_text(
        'new_moons = ( { computed = "2026-03-19"; official = "2026-03-18"; source = "a test"; } );')
    after = ward.loactl("lunar", "2026-03-18")
    assert " 30-1-2026" in before and " 1-2-2026" in after, before + after


def test_an_occasion_added_over_the_api_moves_an_airing_and_loactl_knows_it(make_office, folder, bulletin):
    ward = make_office({"to-1": ["cum-1"]}, at("2027-03-01 12:00:00"))
    recording = ward.import_audio(bulletin)
    hoi = {"id": "hoi-lang", "name": "Hội làng", "solar": "09/03", "day_off": True}
    assert ward.api("POST", "/api/v1/occasions", {"occasion": hoi})["occasion"]["origin"] == "local"
    lich = folder / "hoi.cfg"
    lich.write_text(f'broadcasts = ( {{ id = "hoi"; title = "Hội làng"; recording = "{recording}"; to = "all";'
                    ' at = "06:00"; occasion = { id = "hoi-lang"; }; } );')
    ward.loactl("apply", lich)
    assert list(agenda(ward, at("2027-03-01 12:00:00"), 13)) == ["hoi.20270309t060000"]

    # What it would do is answered and not done; then it is done: agenda, plan, offline preview.
    moved = {"id": "hoi-lang", "name": "Hội làng", "dates": ["2027-03-02", "2027-03-05"]}
    trial = ward.api("POST", "/api/v1/occasions", {"occasion": moved, "dry_run": True})
    assert [(c["kind"], c["after"][:16]) for c in trial["changes"]] == [("added", "2027-03-02T06:00")]
    assert list(agenda(ward, at("2027-03-01 12:00:00"), 13)) == ["hoi.20270309t060000"]
    ward.api("POST", "/api/v1/occasions", {"occasion": moved})
    want = ["hoi.20270302t060000", "hoi.20270305t060000"]
    assert list(agenda(ward, at("2027-03-01 12:00:00"), 13)) == want
    wait_until("the receivers' plan has it", lambda: [
        a["id"] for a in ward.plan("to-1")["airings"]] == want)
    preview = ward.loactl("preview", lich, "--from", "2027-03-01", "--days", "30")
    assert "2027-03-02" in preview and "2027-03-05" in preview and "2027-03-09" not in preview, preview
    actions = [(e["action"], e["subject"]) for e in ward.api("GET", "/api/v1/audit")["entries"]]
    assert ("occasion", "hoi-lang") in actions

    # It outlives the controller, and the official lunar calendar is written the same way.
    ward.api("POST", "/api/v1/new-moons", {"new_moon": {
        "computed": "2026-03-19", "official": "2026-03-18", "source": "a test"}})
    ward.controller.kill()
    ward.start_controller()
    assert list(agenda(ward, at("2027-03-01 12:00:00"), 13)) == want
    assert ward.api("GET", "/api/v1/occasions")["new_moons"] == [
        {"computed": "2026-03-19", "official": "2026-03-18", "source": "a test"}]
    assert " 1-2-2026" in ward.loactl("lunar", "2026-03-18")
    ward.api("POST", "/api/v1/new-moons/2026-03-19/remove", {})
    assert " 30-1-2026" in ward.loactl("lunar", "2026-03-18")
    ward.api("DELETE", "/api/v1/broadcasts/hoi")
    ward.api("POST", "/api/v1/occasions/hoi-lang/remove", {})
    assert not [o for o in ward.api("GET", "/api/v1/occasions")["occasions"] if o["id"] == "hoi-lang"]
