# SPDX-License-Identifier: Apache-2.0
"""Who looks on sees it happen: the page, the stream of events, loactl that waits."""
import http.client
import json
import os
import re

from process import wait_until


def connect(ward):
    return http.client.HTTPConnection("127.0.0.1", int((ward.data_dir / "http.port").read_text()),
                                      timeout=20)


def get(ward, path, **headers):
    link = connect(ward)
    link.request("GET", path, headers=headers)
    answer = link.getresponse()
    return answer, answer.read().decode()


def token(ward):
    return (ward.data_dir / "token").read_text().strip()


def test_the_page_is_everybodys_and_what_it_shows_is_not(make_ward):
    ward = make_ward({"to-1": ["cum-1"]})
    answer, page = get(ward, "/")
    assert answer.status == 200 and "app.js" in page
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    script = re.search(r'<script type="module" src="([^"]+)">', page)[1]
    assert get(ward, f"/{script}")[0].headers["Content-Type"].startswith("text/javascript")
    assert get(ward, "/api/v1/status")[0].status == 401


def test_an_outcome_is_announced_to_who_listens(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]})
    link = connect(ward)
    link.request("GET", "/api/v1/events", headers={"Authorization": f"Bearer {token(ward)}"})
    stream = link.getresponse()
    assert stream.headers["Content-Type"] == "text/event-stream"

    def next_event():
        while not (line := stream.readline()).startswith(b"event: "):
            assert line, "the stream ended"
        return line[7:].strip().decode()

    # whoever has just come knows nothing yet: every topic is announced once
    topics = {"status", "log", "job", "content", "timetable", "people"}
    assert {next_event() for _ in topics} == topics
    airing = ward.play(ward.import_audio(make_audio(1, seed=151)))
    seen = {next_event()}
    while "log" not in seen or not [e for e in ward.log() if e.get("airing") == airing]:
        seen.add(next_event())
    assert {"status", "log", "job", "content"} <= seen and "people" not in seen
    link.close()


def test_a_player_that_waits_says_whether_everybody_heard_it(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]})
    audio = make_audio(1, seed=152)
    done = ward.run_loactl("play", audio, "--to", "all", "--wait")
    assert done.returncode == 0, done
    assert sorted(l.split(",")[0] for l in done.stdout.splitlines()[1:]) == \
        ["cum-1: completed", "cum-2: completed"]
    ward.nodes["cum-2"].kill()
    done = ward.run_loactl("play", audio, "--to", "all", "--wait", "--patience", "2", "--json")
    assert done.returncode == 1, done
    assert "cum-2: no report" in done.stderr
    assert [o["node"] for o in json.loads(done.stdout)["outcomes"]] == ["cum-1"]


def test_an_upload_that_breaks_off_leaves_nothing(make_ward):
    ward = make_ward({"to-1": ["cum-1"]})
    link = connect(ward)
    link.putrequest("POST", "/api/v1/recordings?title=x")
    for name, value in (("Authorization", f"Bearer {token(ward)}"), ("Content-Type", "audio/wav"),
                        ("Content-Length", "1000000")):
        link.putheader(name, value)
    link.endheaders(b"RIFF" + bytes(10_000))
    wait_until("the upload begins", lambda: os.listdir(ward.data_dir / "uploads"))
    link.close()
    wait_until("it is gone", lambda: not os.listdir(ward.data_dir / "uploads"))
    assert ward.api("GET", "/api/v1/recordings")["recordings"] == []
