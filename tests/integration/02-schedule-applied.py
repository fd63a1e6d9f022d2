# SPDX-License-Identifier: Apache-2.0
"""A schedule file is applied, and airs at its time without anybody's hand."""
import datetime
import json
import shutil
import time

import pytest
import sound

ZONE = datetime.timezone(datetime.timedelta(hours=7))


def soon(seconds):
    """A moment at a whole second at least @seconds ahead, in the ward's zone."""
    return datetime.datetime.fromtimestamp(int(time.time()) + 1 + seconds, ZONE)


def schedule(when, audio="bulletin.wav", **extra):
    lines = "".join(f"    {k} = {json.dumps(v, ensure_ascii=False)};\n" for k, v in extra.items())
    return (f'broadcasts = (\n  {{\n    id = "ban-tin";\n    title = "Bản tin phường";\n'
            f'    audio = "{audio}";\n    to = "all";\n    at = [ "{when:%H:%M:%S}" ];\n'
            f'    date = "{when:%Y-%m-%d}";\n{lines}  }} );\n')


@pytest.mark.takes(12)
def test_a_broadcast_airs_at_its_second(make_ward, folder, bulletin):
    ward = make_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]})
    shutil.copy(bulletin, folder / "bulletin.wav")
    when = soon(6)
    (folder / "lich.cfg").write_text(schedule(when))
    ward.loactl("apply", folder / "lich.cfg")
    airing = f"ban-tin.{when:%Y%m%dt%H%M%S}"
    outcomes = ward.wait_outcomes(airing, timeout_s=30)
    reference = sound.decode_opus(ward.stored_audio())
    for name, node in ward.nodes.items():
        assert outcomes[name]["result"] == "completed", outcomes[name]
        assert outcomes[name]["planned_us"] == int(when.timestamp()) * 1_000_000
        pieces = node.recording().follow(reference)
        assert sound.heard(pieces) == 1.0
        assert abs(node.recording().site_s(pieces[0].at) - when.timestamp()) < 0.020


def test_applying_twice_changes_nothing_and_export_gives_it_back(make_ward, folder, bulletin):
    ward = make_ward({"to-1": ["cum-1"]})
    shutil.copy(bulletin, folder / "bulletin.wav")
    when = soon(3600)
    (folder / "lich.cfg").write_text(schedule(when))
    first = ward.loactl_json("apply", folder / "lich.cfg")
    assert first["added"] == ["ban-tin"], first
    serial = ward.plan("to-1")["serial"]
    again = ward.loactl_json("apply", folder / "lich.cfg")
    assert (again["added"], again["changed"], again["unchanged"]) == ([], [], ["ban-tin"]), again
    (folder / "ra.cfg").write_text(ward.loactl("export"))
    ward.loactl("check", folder / "ra.cfg")
    back = ward.loactl_json("apply", folder / "ra.cfg")
    assert (back["added"], back["changed"], back["unchanged"]) == ([], [], ["ban-tin"]), back
    assert ward.plan("to-1")["serial"] >= serial


def test_a_file_with_faults_names_all_of_them_and_applies_nothing(make_ward, folder, bulletin):
    ward = make_ward({"to-1": ["cum-1"]})
    shutil.copy(bulletin, folder / "bulletin.wav")
    text = schedule(soon(3600), titel="x", class_="normal").replace("class_", "klasse")
    text = text.replace('to = "all"', 'to = [ "to-9" ]')
    (folder / "lich.cfg").write_text(text)
    done = ward.run_loactl("apply", folder / "lich.cfg")
    assert done.returncode == 65, done
    faults = [l for l in done.stderr.splitlines() if "lich.cfg:" in l]
    assert any("titel" in l for l in faults)
    assert any("klasse" in l for l in faults)
    assert any("to-9" in l for l in faults)
    assert ward.loactl("export").count("ban-tin") == 0


def test_a_dry_run_shows_what_would_change_and_changes_nothing(make_ward, folder, bulletin):
    ward = make_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]})
    shutil.copy(bulletin, folder / "bulletin.wav")
    when = soon(3600)
    lich = folder / "lich.cfg"
    lich.write_text(schedule(when))
    dry = ward.run_loactl("apply", "--dry-run", lich)
    assert dry.returncode == 0, dry
    assert "added" in dry.stdout and "would be imported" in dry.stderr
    assert ward.loactl_json("export")["broadcasts"] == []
    ward.loactl("apply", lich)
    before = ward.loactl("export")
    same = ward.loactl("apply", "--dry-run", lich)
    assert "Nothing becomes different" in same
    lich.write_text(schedule(when, order=7).replace('to = "all"', 'to = "to-2"'))
    changes = ward.loactl_json("apply", "--dry-run", lich)["changes"]
    assert [(c["kind"], c["groups_gone"], sorted(c["keys"])) for c in changes] == \
        [("changed", ["to-1"], ["order", "to"])], changes
    lich.write_text(schedule(when).replace("ban-tin", "ban-tin-2"))
    kinds = {c["broadcast"]: c["kind"]
             for c in ward.loactl_json("apply", "--dry-run", "--prune", lich)["changes"]}
    assert kinds == {"ban-tin": "gone", "ban-tin-2": "added"}
    faulty = ward.run_loactl("apply", "--dry-run", folder / "sai.cfg")
    assert faulty.returncode == 66
    lich.write_text(schedule(when).replace('audio = "bulletin.wav"', 'recording = "r9"'))
    faulty = ward.run_loactl("apply", "--dry-run", lich)
    assert faulty.returncode == 65 and 'no recording "r9"' in faulty.stderr, faulty
    assert ward.loactl("export") == before


def test_a_calendar_goes_out_and_comes_back_and_one_of_others_comes_in(make_ward, folder, bulletin):
    ward = make_ward({"to-1": ["cum-1"], "to-2": ["cum-2"]})
    shutil.copy(bulletin, folder / "bulletin.wav")
    (folder / "lich.cfg").write_text(schedule(soon(3600))[:-4] + ''',
  { id = "ram"; title = "Rằm"; text = "Kính mời"; to = "to-1"; at = "05:30"; lunar = { day = [ 1, 15 ]; }; },
  { id = "gt"; title = "Giao thừa"; text = "Chúc mừng năm mới"; to = "all"; giao_thua = "+00:00";
    exception = { by = "Chủ tịch"; why = "Tết"; }; } );
''')
    ward.loactl("apply", folder / "lich.cfg")
    before = ward.loactl("export")
    out = folder / "lich.ics"
    out.write_text(ward.loactl("export", "--ics"), newline="")
    text = out.read_text()
    assert text.count("BEGIN:VEVENT") == 3 and "SUMMARY:Giao thừa" in text
    back = ward.loactl_json("apply", "--prune", out)
    assert (back["added"], back["changed"], back["removed"]) == ([], [], []), back
    assert sorted(back["unchanged"]) == ["ban-tin", "gt", "ram"] and ward.loactl("export") == before
    (folder / "nguoi-khac.ics").write_text(
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:abc@example.org\nSUMMARY:Tiêm chủng\n"
        "DESCRIPTION:Mời bà con đưa trẻ đi tiêm.\nDTSTART:20991201T003000Z\nEND:VEVENT\nEND:VCALENDAR\n")
    refused = ward.run_loactl("check", folder / "nguoi-khac.ics")
    assert refused.returncode == 65 and "nguoi-khac.ics:3: event \"abc@example.org\": LOCATION" in refused.stderr
    added = ward.loactl_json("apply", "--to", "to-2", folder / "nguoi-khac.ics")["added"]
    assert len(added) == 1 and added[0].startswith("ics-abc-")
    assert 'date = "2099-12-01"' in ward.loactl("export") and 'at = [ "07:30" ]' in ward.loactl("export")
