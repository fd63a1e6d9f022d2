# SPDX-License-Identifier: Apache-2.0
"""Logbook, ticks and reports of three receivers in two groups, one of them off for a while, held against
a computation of their own from the database: it shares nothing with the controller's but the tables."""
import csv
import datetime
import io
import json
import sqlite3
import time
import urllib.error

import pytest
from process import wait_until
from visitor import Visitor, add_user

GROUPS = {"to-1": ["cum-1", "cum-2"], "to-2": ["cum-3"]}
NAMES = {"to-1": "Tổ dân phố 1", "to-2": "Tổ dân phố 2"}
FEES = 'reports = { fees = ( { kind = "tin"; item = 50000; airing = 1000; } ); };\n'
SAIGON = datetime.timezone(datetime.timedelta(hours=7))


def week_of(us):
    year, week, _ = datetime.datetime.fromtimestamp(us / 1e6, SAIGON).isocalendar()
    return f"{year}-W{week:02}"


class Books:
    """What ought to stand in the logbook, counted from the tables by other hands."""

    def __init__(self, ward):
        db = sqlite3.connect(f"file:{ward.data_dir}/controller.db?mode=ro", uri=True)
        self.planned = db.execute("SELECT airing, grp, start_us, n_samples, stop_us FROM planned "
                                  "WHERE start_us < ? ORDER BY start_us, airing, grp",
                                  (time.time() * 1e6,)).fetchall()
        self.outcomes = {}
        for text, node, group in db.execute(
                "SELECT json, node, grp FROM ledger WHERE kind = 'outcome' AND is_superseded = 0"):
            outcome = json.loads(text)
            self.outcomes.setdefault((outcome["airing"], group), {})[node] = outcome
        self.ticks = [t for t in db.execute("SELECT grp, airing, answer FROM tick")]
        db.close()

    def lines(self):
        for airing, group, start_us, n_samples, stop_us in self.planned:
            aired_ms = n_samples // 48
            if stop_us:
                aired_ms = min(aired_ms, (stop_us - start_us) // 1000)
            outcomes = self.outcomes.get((airing, group), {})
            best = max(outcomes.values(), default=None, key=lambda o: (
                o["level"] >= 2 and o["heard_ms"] > 0, o["result"] == "completed", o["heard_ms"]))
            said = [a for g, which, a in self.ticks if g == group and which == airing] or \
                [a for g, which, a in self.ticks if g == group and which == ""]
            heard_ms = best["heard_ms"] if best else 0
            yield {
                "airing": airing, "group": group, "start_us": start_us, "aired_ms": aired_ms,
                "result": best["result"] if best else "not-reported", "heard_ms": heard_ms,
                "nodes": sorted(outcomes), "answer": said[0] if said else None,
                "covered": heard_ms >= 0.95 * aired_ms and "not-heard" not in said[:1],
                "level": 5 if said[:1] in (["heard"], ["too-loud"]) and heard_ms else
                best["level"] if best else 0}


@pytest.fixture
def ward(make_ward):
    ward = make_ward(GROUPS, controller_extra=FEES)
    add_user(ward, "chi-lan", "leader", "--group", "to-1")
    add_user(ward, "anh-minh", "auditor")
    return ward


def play_and_wait(ward, recording, nodes, **options):
    airing = ward.play(recording, **options)
    ward.wait_outcomes(airing, nodes=nodes, timeout_s=20)
    return airing


@pytest.fixture
def story(ward, make_audio):
    """Two airings for all, the second while cum-3 is off; one for to-1 alone; then it comes back."""
    news = ward.import_audio(make_audio(2, seed=401), "Tin phòng cháy")
    greeting = ward.import_audio(make_audio(1, seed=402), "Lời chào")
    changed = ward.api("POST", f"/api/v1/recordings/{news}/set",
                       {"kind": "tin", "lead_unit": "Công an phường", "author": "=Nguyễn Văn A"})
    assert changed["author"] == "=Nguyễn Văn A"
    first = play_and_wait(ward, news, ["cum-1", "cum-2", "cum-3"])
    ward.nodes["cum-3"].kill()
    second = play_and_wait(ward, news, ["cum-1", "cum-2"])
    own = play_and_wait(ward, greeting, ["cum-1", "cum-2"], to="to-1")
    return {"first": first, "second": second, "own": own}


def logbook(ward, visitor=None):
    answer = visitor.get("/logbook") if visitor else None
    lines = (answer.json if answer else ward.api("GET", "/api/v1/logbook"))["airings"]
    return {(line["airing"], line["group"]): line for line in lines}


def assert_same(ward):
    """Every line of the logbook, as JSON and as a table, is as counted by other hands."""
    books = list(Books(ward).lines())
    lines = logbook(ward)
    assert sorted(lines) == sorted((b["airing"], b["group"]) for b in books)
    for b in books:
        line = lines[b["airing"], b["group"]]
        assert {k: line[k] for k in ("result", "heard_ms", "level", "covered", "aired_ms", "start_us")} \
            == {k: b[k] for k in ("result", "heard_ms", "level", "covered", "aired_ms", "start_us")}, line
        assert [n["node"] for n in line["nodes"]] == b["nodes"]
        assert (line["tick"] or {}).get("answer") == b["answer"]
        of = [x for x in books if x["airing"] == b["airing"]]
        assert line["coverage"] == {
            "n": sum(x["covered"] for x in of), "of": len(of),
            "missing": [NAMES[x["group"]] for x in of if not x["covered"]]}
        assert ("chưa xác minh" in line["words"]["vi"]) == (0 < line["level"] < 3), line["words"]
    return books


def table(text):
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


@pytest.mark.takes(14)
def test_the_logbook_is_what_the_ledger_proves(ward, story):
    assert_same(ward)
    line = logbook(ward)[story["second"], "to-2"]
    assert line["result"] == "not-reported" and line["provisional"] and line["silent_nodes"] == 1
    assert line["coverage"]["missing"] == [NAMES["to-2"]]

    ward.nodes["cum-3"].start(wait=False)
    ward.wait_outcomes(story["second"], nodes=["cum-3"], timeout_s=20)
    books = assert_same(ward)
    line = logbook(ward)[story["second"], "to-2"]
    assert line["result"] == "missed" and not line["provisional"], line
    assert line["words"]["vi"] == "Không phát được: cụm thu mất điện hoặc bị tắt."

    link = Visitor(ward, "anh-minh")
    rows = table(link.get("/logbook.csv").body.decode())
    assert [(r["Mã lần phát"], r["Mã tổ"]) for r in rows] == [(b["airing"], b["group"]) for b in books]
    assert [float(r["Đã nghe (giây)"]) for r in rows] == [b["heard_ms"] / 1000 for b in books]
    assert rows[0]["Các tổ không nghe được"] == "" and rows[0]["Tổ"] == NAMES["to-1"]


@pytest.mark.takes(14)
def test_a_leader_ticks_the_own_group_and_sees_no_other(ward, story):
    lan = Visitor(ward, "chi-lan")
    own = logbook(ward, lan)
    assert {group for _, group in own} == {"to-1"}
    assert all(line["coverage"] is None for line in own.values())
    for path in ("/logbook", "/logbook.csv", "/ticks", "/groups", "/nodes", "/log"):
        text = lan.get(path).body.decode()
        assert "to-2" not in text and NAMES["to-2"] not in text and "cum-3" not in text, path
    for path in ("/logbook?group=to-2", "/logbook.csv?group=to-2", "/reports", "/reports.csv"):
        assert lan.get(path).status == 403, path

    week = week_of(own[story["first"], "to-1"]["start_us"])
    assert [d["week"] for d in lan.get("/ticks").json["due"]] == [week]
    assert lan.post("/ticks", {"group": "to-1", "week": week, "answer": "heard"}).status == 201
    assert lan.post("/ticks", {"group": "to-1", "week": week, "airing": story["own"],
                               "answer": "not-heard", "note": "loa im"}).status == 201
    assert lan.post("/ticks", {"group": "to-2", "week": week, "answer": "heard"}).status == 403
    assert Visitor(ward, "anh-minh").post(
        "/ticks", {"group": "to-1", "week": week, "answer": "heard"}).status == 403
    assert lan.get("/ticks").json["due"] == []

    assert_same(ward)
    lines = logbook(ward)
    assert lines[story["first"], "to-1"]["level"] == 5
    assert lines[story["first"], "to-2"]["level"] == 2
    denied = lines[story["own"], "to-1"]
    assert denied["heard_ms"] > 0 and denied["contradicted"] and not denied["covered"]
    audit = [e for e in ward.api("GET", "/api/v1/audit")["entries"] if e["action"] == "tick"]
    assert [(e["who"], e["subject"]) for e in audit] == [("chi-lan", "to-1")] * 2


def test_a_test_tone_sounds_on_one_receiver_and_is_no_programme(ward):
    node, neighbour = ward.nodes["cum-1"], ward.nodes["cum-2"]
    answer = ward.api("POST", "/api/v1/nodes/cum-1/test", {})
    outcome = ward.wait_outcomes(answer["airing"], nodes=["cum-1"], timeout_s=20)["cum-1"]
    assert outcome["heard_ms"] > 2500 and outcome["level"] == 2, outcome
    assert outcome["planned_us"] == answer["start_us"]
    assert len(node.recording().sound_spans()) >= 1
    assert neighbour.recording().is_silent()
    assert logbook(ward) == {}
    ward.nodes["cum-3"].kill()
    with pytest.raises(urllib.error.HTTPError) as refused:
        wait_until("it is known to be off", lambda: not next(
            n for n in ward.api("GET", "/api/v1/status")["nodes"] if n["id"] == "cum-3")["online"])
        ward.api("POST", "/api/v1/nodes/cum-3/test", {})
    assert refused.value.code == 409


def minutes(ms):
    return round(ms / 6000) / 10


@pytest.mark.takes(18)
def test_a_report_adds_up_to_the_ledger(ward, story):
    cum_3 = ward.nodes["cum-3"].start(wait=False)
    ward.wait_outcomes(story["second"], nodes=["cum-3"], timeout_s=20)
    books = list(Books(ward).lines())
    from_us, to_us = books[0]["start_us"] - 3_600_000_000, int(time.time() * 1e6)

    def report(first_us, end_us):
        return ward.api("GET", f"/api/v1/reports?from_us={first_us}&to_us={end_us}")

    whole = report(from_us, to_us)
    airings = {b["airing"]: b["aired_ms"] for b in books}
    assert whole["airings"] == 3 and whole["items"] == 2
    assert whole["minutes"] == minutes(sum(airings.values()))
    assert (whole["coverage"]["n"], whole["coverage"]["of"]) == (sum(b["covered"] for b in books), len(books))
    assert whole["provisional"] is False, whole["words"]
    for group in whole["by_group"]:
        own = [b for b in books if b["group"] == group["group"]]
        assert group["airings"] == len(own)
        assert group["covered"] == sum(b["covered"] for b in own)
        assert group["missed"] == sum(b["heard_ms"] == 0 for b in own)
        assert group["completed"] == sum(b["result"] == "completed" for b in own)
        assert group["minutes"] == minutes(sum(b["heard_ms"] for b in own))
    unit = {u["unit"]: u for u in whole["by_unit"]}
    assert unit["Công an phường"]["items"] == 1 and unit["Công an phường"]["airings"] == 2
    assert unit[None]["airings"] == 1
    assert [(r["author"], r["airings"], r["fee"]) for r in whole["remuneration"]] == \
        [("=Nguyễn Văn A", 2, 52000)]

    # the same in two reports that touch at the very start of the second airing
    border_us = next(b["start_us"] for b in books if b["airing"] == story["second"])
    before, after = report(from_us, border_us), report(border_us, to_us)
    for name in ("airings", "items", "remuneration_total"):
        assert before[name] + after[name] == whole[name], name
    assert before["airings"] == 1 and before["coverage"]["of"] + after["coverage"]["of"] == len(books)

    # what was off for a while was not up all the time; the others were
    def uptime():
        found = {g["group"]: g["uptime_pct"] for g in report(from_us, int(time.time() * 1e6))["by_group"]}
        return found if None not in found.values() and found["to-2"] < 100 else None
    cum_3.wait_ready()
    up = wait_until("uptime is on record", uptime, 20, every_s=0.5)
    assert up["to-1"] == 100 and 0 < up["to-2"] < 100

    rows = table(ward.loactl("report", "--from", "-1h", "--to", "+1h", "--csv", "--part",
                             "remuneration"))
    assert [(r["Tác giả"], r["Nhuận bút (đồng)"], r["Tạm tính"]) for r in rows] == \
        [("'=Nguyễn Văn A", "52000", "có")]
    shown = ward.loactl("report", "--from", "-1h", "--to", "+1h")
    assert "3 airings" in shown and "Provisional: the period is not over" in shown
    month = [p for p in ward.loactl_json("report")["periods"] if p["kind"] == "thang"][0]
    assert ward.loactl_json("report", "--period", month["id"])["airings"] == 3
