# SPDX-License-Identifier: Apache-2.0
"""Other programs drive loactl: its words, its exit codes and its JSON stay as they are."""
import json
import os
import re
import stat
import subprocess

import pytest
import sound
from ward import program

EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_UNAVAILABLE, EX_CONFIG = 64, 65, 66, 69, 78
PROGRAMS = ["loa-controller", "loa-node", "loactl"]

SCHEDULE = '''broadcasts = (
  { id = "chao-co"; title = "Chào cờ"; text = "Kính mời toàn dân chào cờ."; to = "all";
    at = [ "06:30" ]; days = [ "mon" ]; } );
'''


def run(*command, **kwargs):
    return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=30,
                          stdin=subprocess.DEVNULL, **kwargs)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_tells_its_version_and_use(name):
    version = run(program(name), "--version")
    assert version.returncode == 0 and re.search(r"\d+\.\d+\.\d+", version.stdout)
    assert version.stderr == ""
    use = run(program(name), "--help")
    assert use.returncode == 0 and name in use.stdout and use.stderr == ""


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_wrong_option_is_exit_64_on_stderr(name):
    done = run(program(name), "--no-such-option")
    assert done.returncode == EX_USAGE, done
    assert done.stdout == "" and "--no-such-option" in done.stderr


@pytest.mark.parametrize("name", ["loa-controller", "loa-node"])
def test_a_faulty_configuration_names_file_and_line_and_is_exit_78(name, folder):
    path = folder / "faulty.cfg"
    path.write_text('site = 12;\nmisspelt = "x";\n')
    done = run(program(name), "--check-config", "--config", path)
    assert done.returncode == EX_CONFIG, done
    assert re.search(rf"{re.escape(str(path))}:1: ", done.stderr)
    assert re.search(rf"{re.escape(str(path))}:2: .*misspelt", done.stderr)
    path.write_text("site = {\n")
    done = run(program(name), "--check-config", "--config", path)
    assert done.returncode == EX_CONFIG and f"{path}:" in done.stderr


def test_check_names_every_fault_with_its_line(folder):
    good, bad = folder / "tot.cfg", folder / "sai.cfg"
    good.write_text(SCHEDULE)
    assert run(program("loactl"), "check", good).returncode == 0
    bad.write_text(SCHEDULE.replace("06:30", "25:30").replace("title", "titel"))
    done = run(program("loactl"), "check", good, bad)
    assert done.returncode == EX_DATAERR, done
    faults = done.stderr.splitlines()
    assert len([l for l in faults if l.startswith(f"{bad}:")]) >= 2, done.stderr
    assert not [l for l in faults if l.startswith(f"{good}:")]
    assert run(program("loactl"), "check", folder / "keine.cfg").returncode == EX_NOINPUT


def test_without_a_controller_the_next_step_is_named(folder):
    done = run(program("loactl"), "status",
               env={**os.environ, "HOME": str(folder), "LOA_CONFIG": str(folder / "none.cfg")})
    assert done.returncode in (EX_UNAVAILABLE, EX_NOINPUT, EX_CONFIG), done
    assert done.stdout == "" and len(done.stderr.strip().splitlines()) <= 2


def test_status_log_and_node_list_are_one_json_document_each(make_ward):
    ward = make_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]})
    status = ward.loactl_json("status")
    assert {n["id"]: n["online"] for n in status["nodes"]} == {"cum-1": True, "cum-2": True}
    assert [g["id"] for g in status["groups"]] == ["to-1", "to-2"]
    assert status["on_air"] == []
    assert ward.loactl_json("log")["entries"] == []
    assert [n["id"] for n in ward.loactl_json("node", "list")["nodes"]] == ["cum-1", "cum-2"]
    for command in (("status",), ("log",), ("node", "list")):
        assert max(len(l) for l in ward.loactl(*command, env={"COLUMNS": "80"}).splitlines() or [""]) <= 80


def test_what_cannot_be_done_is_told_in_a_sentence(make_ward, bulletin, folder):
    ward = make_ward({"to-1": ["cum-1"]})
    recording = ward.import_audio(bulletin)
    silent = folder / "im.wav"
    sound.write_wav(silent, sound.babble(1.0) * 0)
    noise = folder / "khong-phai-am-thanh.mp3"
    noise.write_bytes(os.urandom(20_000))
    for args in (("play", recording, "--to", "to-9"), ("play", "khong-co", "--to", "all"),
                 ("play", recording, "--to", "all", "--class", "urgent"),
                 ("stop", "khong-co"), ("stop",), ("play",), ("node", "revoke", "cum-9"),
                 ("user",), ("user", "add"), ("user", "add", "an"), ("user", "list", "an"),
                 ("user", "add", "An Nguyễn", "--role", "operator"),
                 ("user", "add", "an", "--role", "king"), ("user", "add", "an", "--role", ","),
                 ("user", "add", "an", "--role", "leader"),
                 ("user", "add", "an", "--role", "leader", "--group", "to-9"),
                 ("user", "add", "an", "--role", "operator", "--password-file", silent),
                 ("user", "add", "an", "--role", "operator", "--password-file", folder),
                 ("user", "add", "an", "--role", "operator", "--password-file", folder / "no"),
                 ("user", "add", "an", "--role", "operator", "--password-file", "-"),
                 ("user", "add", "an", "--role", "operator", "--ask-password"),
                 ("user", "add", "an", "--role", "operator", "--name", "x" * 10000),
                 ("user", "add", "an", "--role", "operator", "--name", "a\x1b[31mb"),
                 ("user", "set", "an"), ("user", "set", "an", "--role", "operator"),
                 ("user", "passwd", "an"), ("user", "disable", "an"), ("user", "enable", "../an"),
                 ("import", noise, "--title", "x"), ("import", silent, "--title", "x"),
                 ("import", folder / "fehlt.wav", "--title", "x"), ("frobnicate",)):
        done = ward.run_loactl(*args)
        assert 64 <= done.returncode <= 78, (args, done)
        assert done.stdout == "", (args, done)
        assert done.stderr.strip() and "CRITICAL" not in done.stderr, (args, done)
    recordings = ward.api("GET", "/api/v1/recordings")["recordings"]
    assert [r["id"] for r in recordings] == [recording]
    assert len(list((ward.data_dir / "audio").iterdir())) == 1
    assert ward.loactl_json("user", "list")["users"] == []


def test_a_node_cfg_as_issued_is_one_that_the_node_takes(make_ward):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    issued = ward.nodes["cum-1"].folder / "issued.cfg"
    done = run(program("loa-node"), "--check-config", "--config", issued)
    assert done.returncode == 0, done


def test_secrets_are_readable_by_their_owner_only(make_ward):
    ward = make_ward({"to-1": ["cum-1"]})
    for path in (ward.data_dir / "site.key", ward.data_dir / "token",
                 ward.nodes["cum-1"].folder / "issued.cfg"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_revoked_node_is_no_longer_believed(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1", "cum-2"]})
    ward.loactl("node", "revoke", "cum-1")
    airing = ward.play(ward.import_audio(make_audio(1, seed=101)))
    ward.wait_outcomes(airing, nodes=["cum-2"])
    assert not [e for e in ward.log() if e["kind"] == "outcome" and e["node"] == "cum-1"]
    listed = {n["id"]: n for n in ward.loactl_json("node", "list")["nodes"]}
    assert listed["cum-1"]["revoked"] and not listed["cum-2"]["revoked"]


def test_the_api_lets_nobody_in_without_the_token(make_ward):
    import urllib.error
    ward = make_ward({"to-1": ["cum-1"]})
    with pytest.raises(urllib.error.HTTPError) as refused:
        ward.api("GET", "/api/v1/status", token="0" * 64)
    assert refused.value.code == 401
    assert json.load(refused.value)["error"]


def test_preview_goes_by_the_rules_of_the_office_where_it_is_asked_to(make_ward, folder):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    (folder / "toi.cfg").write_text('broadcasts = ( { id = "toi"; title = "Tin tối"; text = "x"; to = "all";'
                                    ' at = "22:00"; category = "nhac"; } );')
    ward.api("POST", "/api/v1/policy", {"policy": {"hours": [{"from": "05:00", "to": "21:00"}]}})
    ward.api("POST", "/api/v1/overlays", {"overlay": {
        "id": "tang", "name": "Quốc tang", "kind": "mourning", "from": "2030-01-02 00:00", "until": "2030-01-03 00:00",
        "suspends": ["nhac"]}})

    def preview(*options, env=None):
        done = ward.run_loactl("preview", folder / "toi.cfg", "--from", "2030-01-01", "--days", "3", "--json",
                               *options, env=env)
        assert done.returncode == 0, done
        rules = [line for line in done.stderr.splitlines() if line.startswith("rules: ")]
        return rules, [(w["kind"], w["times"]) for w in json.loads(done.stdout)["warnings"]]

    rules, warnings = preview()
    assert len(rules) == 1 and "controller.cfg, without overlays" in rules[0] and warnings == []
    rules, warnings = preview("--live")
    assert rules == ["rules: those of the office, as the controller has them now, and 1 overlay(s)"]
    assert warnings == [("outside-hours", 2), ("suspended", 1)]
    # Without a daemon it is as it was; who asks for a controller that is not there is told so.
    ward.controller.terminate()
    assert preview()[1] == []
    done = ward.run_loactl("preview", folder / "toi.cfg", "--live")
    assert done.returncode == EX_UNAVAILABLE and done.stdout == "", done
    ward.start_controller()
