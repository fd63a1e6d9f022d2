# SPDX-License-Identifier: Apache-2.0
"""A schedule file is applied, and airs at its time without anybody's hand."""
import datetime
import json
import shutil
import time

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
