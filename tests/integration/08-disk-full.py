# SPDX-License-Identifier: Apache-2.0
"""A full disk and a folder that cannot be written: one clear error, nothing half done."""
import pytest
from ward import limit_file_size, program

EX_SOFTWARE = 70


def fill(path):
    with open(path / "ballast", "wb", buffering=0) as f:
        try:
            while f.write(b"x" * 4096):
                pass
        except OSError:
            pass
    return path / "ballast"


@pytest.mark.parametrize("who", ["controller", "node"])
def test_an_unwritable_data_folder_is_one_clear_error(make_ward, folder, who):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    blocked = folder / "file"
    blocked.write_text("a file where a folder should be")
    if who == "controller":
        ward.controller.kill()
        ward.data_dir = blocked / "data"
        ward.write_config()
        process = ward.spawn("second", [program("loa-controller"), "--config", ward.config])
    else:
        ward.nodes["cum-1"].write_config(data_dir=blocked / "data")
        process = ward.spawn("second", [program("loa-node"), "--config",
                                        ward.nodes["cum-1"].config])
    status = process.wait()
    assert 64 <= status <= 78 and status != EX_SOFTWARE, process.tail()
    complaints = [l for l in process.lines if str(blocked) in l]
    assert len(complaints) == 1, process.tail()


def test_a_full_disk_at_the_controller_refuses_an_import_and_keeps_the_rest(
        make_ward, make_audio, small_disk):
    ward = make_ward({"to-1": ["cum-1"]}, start=False)
    ward.data_dir = small_disk(4096) / "controller"
    ward.start()
    first = ward.import_audio(make_audio(1, seed=81))
    ballast = fill(ward.data_dir.parent)
    done = ward.run_loactl("import", make_audio(4, seed=82), "--title", "Không còn chỗ")
    assert done.returncode != 0
    complaints = [l for l in done.stderr.splitlines() if l.startswith("loactl:")]
    assert len(complaints) == 1 and "full" in complaints[0], done.stderr
    assert ward.controller.is_running()
    ballast.unlink()
    # What was there is there, and works again without a restart.
    assert ward.wait_outcomes(ward.play(first))["cum-1"]["result"] == "completed"
    ward.import_audio(make_audio(4, seed=82))
    assert not list((ward.data_dir / "originals").glob("*.tmp*"))


def test_a_full_disk_at_the_controller_loses_no_outcome(make_ward, make_audio, small_disk):
    """What cannot be written is not acknowledged, so the receiver keeps it."""
    ward = make_ward({"to-1": ["cum-1"]}, start=False)
    ward.data_dir = small_disk(4096) / "controller"
    ward.start()
    node = ward.nodes["cum-1"]
    airing = ward.play(ward.import_audio(make_audio(3, seed=83)))
    node.wait_state("on air", lambda s: s.get("on_air") == airing)
    ballast = fill(ward.data_dir.parent)
    node.wait_state("over, not acknowledged",
                    lambda s: s.get("on_air") is None and s["n_unreported"] >= 1, timeout_s=20)
    ballast.unlink()
    assert ward.wait_outcomes(airing, timeout_s=30)["cum-1"]["result"] == "completed"


def test_a_full_disk_at_the_receiver_does_not_silence_it(make_ward, make_audio, small_disk):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    node = ward.nodes["cum-1"]
    node.data_dir = small_disk(1024) / "node"
    node.start()
    recording = ward.import_audio(make_audio(2, seed=84))
    ballast = fill(node.data_dir.parent)
    airing = ward.play(recording)
    node.wait_state("on air all the same", lambda s: s.get("on_air") == airing)
    node.wait_state("off air", lambda s: s.get("on_air") is None and s["n_ready"] >= 0)
    ballast.unlink()
    assert not node.recording().is_silent()
    assert node.process.is_running()
    assert ward.wait_outcomes(airing, timeout_s=30)["cum-1"]["result"] in ("completed", "partial")


def test_a_file_size_limit_is_an_error_not_a_death(make_ward, make_audio):
    """What a quota looks like: a write beyond it fails with EFBIG."""
    ward = make_ward({"to-1": ["cum-1"]})
    ward.controller.kill()
    largest = max(p.stat().st_size for p in ward.data_dir.rglob("*") if p.is_file())
    ward.start_controller(preexec=limit_file_size(largest + 400_000))  # less than the recording
    done = ward.run_loactl("import", make_audio(30, seed=85), "--title", "Quá lớn")
    assert done.returncode != 0
    assert ward.controller.is_running()
    assert ward.loactl_json("status")["nodes"][0]["id"] == "cum-1"
