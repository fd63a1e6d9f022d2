# SPDX-License-Identifier: Apache-2.0
"""People sign in: made by loactl, kept by a cookie, ended by a restart of nothing."""
import re

import pytest
from visitor import PASSWORD, Visitor, add_user


@pytest.fixture
def ward(make_ward):
    ward = make_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]}, nodes=False)
    add_user(ward, "van.hoa", "operator", "--name", "Chị Hoa")
    return ward


def test_somebody_made_by_loactl_signs_in_and_out(ward):
    hoa = Visitor(ward)
    assert hoa.get("/status").status == 401
    assert hoa.get("/session").status == 401
    answer = hoa.sign_in("van.hoa")
    assert answer.status == 200, answer.body
    flags = answer.headers["Set-Cookie"].split("; ")[1:]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(flags) and "Secure" not in flags
    assert answer.json["name"] == "Chị Hoa" and answer.json["roles"] == ["operator"]
    assert "play" in answer.json["rights"] and "users" not in answer.json["rights"]
    assert answer.json["must_change"] is False
    assert answer.json["site"]["time_zone"] == "Asia/Ho_Chi_Minh"
    assert hoa.get("/session").json == answer.json
    assert hoa.post("/session/language", {"language": "fr"}).status == 400
    assert hoa.post("/session/language", {"language": "en"}).status == 200
    assert hoa.get("/session").json["language"] == "en"
    assert hoa.get("/status").status == 200
    kept = hoa.cookie
    answer = hoa.call("DELETE", "/session")
    assert answer.status == 200 and "Max-Age=0" in answer.headers["Set-Cookie"]
    hoa.cookie = kept
    assert hoa.get("/status").status == 401


def test_a_session_outlives_a_restart_and_ends_with_its_user(ward):
    hoa = Visitor(ward, "van.hoa")
    assert ward.controller.terminate() == 0
    ward.start_controller()
    hoa.port = Visitor(ward).port
    # the cookie's name has the port in it, as browsers keep one jar for all ports of a host
    hoa.cookie = f"loa-session-{hoa.port}={hoa.cookie.split('=')[1]}"
    assert hoa.get("/status").status == 200
    ward.loactl("user", "disable", "van.hoa")
    assert hoa.get("/status").status == 401
    assert Visitor(ward).sign_in("van.hoa").status == 401
    ward.loactl("user", "enable", "van.hoa")
    assert hoa.get("/status").status == 401
    Visitor(ward, "van.hoa")


def test_who_is_disabled_hears_no_more_events(ward):
    hoa = Visitor(ward, "van.hoa")
    link = hoa.connect()
    link.request("GET", "/api/v1/events", headers={"Cookie": hoa.cookie})
    stream = link.getresponse()
    assert stream.status == 200 and stream.readline()
    ward.loactl("user", "disable", "van.hoa")
    while line := stream.readline():  # ends well before the connection's 20 seconds
        assert line.strip() in (b"", b"data:", b":") or line.startswith((b"event:", b"retry:"))
    link.close()


def test_what_another_page_makes_a_browser_send_changes_nothing(ward):
    hoa = Visitor(ward, "van.hoa")
    for headers in ({}, {"X-Loa-CSRF": ""}, {"X-Loa-CSRF": "0" * 64},
                    {"X-Loa-CSRF": hoa.session["csrf"], "Origin": "http://evil.example"},
                    {"X-Loa-CSRF": hoa.session["csrf"], "Origin": "null"},
                    {"X-Loa-CSRF": hoa.session["csrf"], "Sec-Fetch-Site": "cross-site"},
                    {"X-Loa-CSRF": hoa.session["csrf"], "Sec-Fetch-Site": "same-site"}):
        for method, path in (("POST", "/stop"), ("DELETE", "/session"), ("POST", "/play")):
            answer = hoa.call(method, path, None if method == "DELETE" else {"all": True},
                              headers=headers, csrf=False)
            assert answer.status == 403 and answer.code == "forbidden-origin", (headers, path)
    answer = hoa.get("/status", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status == 403
    here = {"Origin": f"http://127.0.0.1:{hoa.port}", "Sec-Fetch-Site": "same-origin"}
    assert hoa.post("/stop", {"all": True}, headers=here).status == 200
    # nor does it sign anybody in
    assert Visitor(ward).sign_in("van.hoa", headers={"Origin": "http://evil.example"}).status == 403


def test_a_wrong_role_is_told_which_right_is_missing(ward):
    hoa = Visitor(ward, "van.hoa")
    for method, path in (("GET", "/users"), ("GET", "/audit"), ("POST", "/users/van.hoa/roles"),
                         ("POST", "/nodes")):
        answer = hoa.call(method, path, {} if method == "POST" else None)
        assert answer.status == 403 and answer.code == "forbidden", path
        assert "right" in answer.sentence and "Chị Hoa" in answer.sentence


def test_who_guesses_is_slowed_down(ward):
    stranger = Visitor(ward)
    answers = [stranger.sign_in("van.hoa", "wrong password") for _ in range(7)]
    assert [a.status for a in answers[:5]] == [401] * 5
    assert {a.code for a in answers[:5]} == {"wrong-login"}
    assert answers[-1].status == 429 and answers[-1].code == "too-many-attempts"
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert re.search(r"\d+ s", answers[-1].sentence)


def test_an_administrator_makes_people_who_choose_their_own_password(ward):
    made = ward.loactl_json("user", "add", "quan.tri", "--role", "administrator")["password"]
    boss = Visitor(ward)
    assert boss.sign_in("quan.tri", made).json["must_change"] is True
    answer = boss.get("/users")
    assert answer.status == 403 and answer.code == "password-change-needed"
    assert boss.post("/session/password", {"old": "x", "new": PASSWORD}).status == 403
    assert boss.post("/session/password", {"old": made, "new": "short"}).status == 400
    assert boss.post("/session/password", {"old": made, "new": PASSWORD}).status == 200
    assert boss.get("/session").json["must_change"] is False
    answer = boss.post("/users", {"user": "to.truong", "name": "Bà Lan", "roles": ["leader"],
                                  "groups": ["to-1"], "password": "tạm thời thôi nhé"})
    assert answer.status == 201 and answer.json["password"] is None
    lan = Visitor(ward)
    assert lan.sign_in("to.truong", "tạm thời thôi nhé").json["must_change"] is True
    users = {u["user"]: u for u in boss.get("/users").json["users"]}
    assert set(users) == {"van.hoa", "quan.tri", "to.truong"}
    assert users["to.truong"]["groups"] == ["to-1"] and users["to.truong"]["last_login"]
    assert boss.post("/users/quan.tri/disable").status == 409
    actions = [(e["who"], e["action"], e["subject"]) for e in boss.get("/audit").json["entries"]]
    for wanted in (("quan.tri", "user-add", "to.truong"), ("to.truong", "log-in", "to.truong"),
                   ("quan.tri", "password-change", "quan.tri"), ("token", "user-add", "quan.tri")):
        assert wanted in actions, actions


def test_no_secret_is_in_a_log_or_in_the_database(ward):
    hoa = Visitor(ward, "van.hoa")
    secrets = [PASSWORD.encode(), hoa.cookie.split("=")[1].encode()]
    files = [*ward.logs(), *ward.data_dir.glob("controller.db*")]
    assert len(files) >= 3
    for path in files:
        data = path.read_bytes()
        assert not [s for s in secrets if s in data], path
