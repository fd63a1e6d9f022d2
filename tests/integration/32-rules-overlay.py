# SPDX-License-Identifier: Apache-2.0
"""Mourning is a switch: what it suspends is not heard, and the record says why."""
import datetime
import json
import shutil
import time

import pytest

ZONE = datetime.timezone(datetime.timedelta(hours=7))


def soon(seconds):
    return datetime.datetime.fromtimestamp(int(time.time()) + seconds, ZONE)


def overlay(folder, **keys):
    now = datetime.datetime.now(ZONE)
    day = datetime.timedelta(days=1)
    path = folder / "tang.json"
    path.write_text(json.dumps(
        {"id": "tang", "name": "Quốc tang", "kind": "mourning",
         "from": f"{now - day:%Y-%m-%d %H:%M}", "until": f"{now + day:%Y-%m-%d %H:%M}", **keys}))
    return path


def broadcast(id, when, category):
    return (f'{{ id = "{id}"; title = "{id}"; audio = "{id}.wav"; to = "all"; '
            f'at = "{when:%H:%M:%S}"; date = "{when:%Y-%m-%d}"; category = "{category}"; }}')


@pytest.mark.takes(13)
def test_what_is_suspended_is_silent_and_the_logbook_says_by_what(make_ward, make_audio, folder):
    ward = make_ward({"to-1": ["cum-1"]})
    when = soon(9)
    shutil.copy(make_audio(2, seed=321), folder / "nhac.wav")
    shutil.copy(make_audio(3, seed=322), folder / "tin.wav")
    (folder / "lich.cfg").write_text("broadcasts = (" + broadcast("nhac", when, "am-nhac") + ",\n"
                                     + broadcast("tin", when, "thong-bao") + ");\n")
    ward.loactl("apply", folder / "lich.cfg")
    ward.loactl("overlay", "on", overlay(folder, suspends="all", keeps=["thong-bao"]))
    assert "Quốc tang" in ward.loactl("overlay", "list")
    stamp = f"{when:%Y%m%dt%H%M%S}"
    assert ward.wait_outcomes(f"tin.{stamp}", timeout_s=30)["cum-1"]["result"] == "completed"

    until_us = int((when.timestamp() + 60) * 1e6)
    query = f"?from_us={until_us - 120_000_000}&to_us={until_us}"
    lines = {a["airing"]: a for a in ward.api("GET", "/api/v1/logbook" + query)["airings"]}
    silent = lines[f"nhac.{stamp}"]
    assert (silent["result"], silent["reason"]) == ("suspended", "Quốc tang"), silent
    assert "Tạm ngừng: Quốc tang" in silent["words"]["vi"], silent
    agenda = {a["id"]: a for a in ward.api("GET", "/api/v1/agenda" + query)["airings"]}
    assert agenda[f"nhac.{stamp}"]["suspended"]["overlay"] == "tang"
    # Only one of the two was heard, and no receiver ever had the other in its plan.
    assert {e["airing"] for e in ward.log() if e["kind"] == "outcome"} == {f"tin.{stamp}"}
    assert len(ward.nodes["cum-1"].recording().sound_spans()) == 1

    # A switch can be turned back; what it did stays in the book.
    ward.loactl("overlay", "off", "tang")
    assert "No overlay" in ward.loactl("overlay", "list")
    again = {a["airing"]: a for a in ward.api("GET", "/api/v1/logbook" + query)["airings"]}
    assert again[f"nhac.{stamp}"]["reason"] == "Quốc tang"


def test_a_faulty_overlay_is_refused_line_by_line(make_ward, folder):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    done = ward.run_loactl("overlay", "on", overlay(folder, suspends="all", to=["to-9"]))
    assert done.returncode != 0 and "to-9" in done.stderr, done
    assert ward.api("GET", "/api/v1/overlays") == {"overlays": []}
