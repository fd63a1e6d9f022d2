# SPDX-License-Identifier: Apache-2.0
"""loa-ingest as the controller meets it: its lines, its exit codes, and what is left when it dies."""
import hashlib
import json
import os
import re
import signal
import subprocess

import numpy as np
import pytest
import sound
from process import Process, wait_until
from ward import limit_file_size, program

EX_USAGE, EX_DATAERR, EX_NOINPUT, EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL = 64, 65, 66, 73, 74, 75


@pytest.fixture
def out(folder):
    return folder / "data"


@pytest.fixture(scope="module")
def long_audio(tmp_path_factory):
    """So long that the program is still at it when the test has looked around."""
    path = tmp_path_factory.mktemp("long") / "long.wav"
    sound.write_wav(path, np.tile(sound.babble(10.0, seed=3), 30))
    return path


def run(*options, **kwargs):
    return subprocess.run([program("loa-ingest"), *map(str, options)], capture_output=True,
                          text=True, timeout=50, stdin=subprocess.DEVNULL, **kwargs)


def lines_of(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def files_under(path):
    return sorted(p.relative_to(path).as_posix() for p in path.rglob("*") if not p.is_dir())


def start(long_audio, out, stage="encode"):
    ingest = Process("ingest", [program("loa-ingest"), "--in", long_audio, "--out", out],
                     out.parent / "ingest.log")
    ingest.wait_log(rf'"stage":"{stage}"')
    return ingest


def test_the_lines_lead_to_done_and_the_files_are_what_they_say(bulletin, out):
    done = run("--in", bulletin, "--out", out, "--name", "Bản tin.WAV")
    assert done.returncode == 0 and done.stderr == "", done
    *progress, last = lines_of(done)
    result = last["done"]
    assert progress and all(set(p) == {"progress", "stage"} for p in progress)
    assert [p["progress"] for p in progress] == sorted(p["progress"] for p in progress)
    stored = out / "audio" / f"{result['sha256']}.opus"
    original = out / "originals" / result["original_file"]
    assert hashlib.sha256(stored.read_bytes()).hexdigest() == result["sha256"]
    assert original.read_bytes() == bulletin.read_bytes() and original.suffix == ".wav"
    assert files_under(out) == sorted(p.relative_to(out).as_posix() for p in (stored, original))
    assert stored.stat().st_size == result["size"]
    assert abs(result["lufs"] + 16) < 0.5 and result["true_peak_dbtp"] <= -1.45
    # an independent decoder hears the same length (it may round to whole packets)
    assert abs(len(sound.decode_opus(stored)) - result["n_samples"]) <= 960
    assert result["duration_ms"] == result["n_samples"] // 48


@pytest.mark.parametrize("options", [
    [], ["--in", "x"], ["--out", "x"], ["--no-such-option"], ["--in", "x", "--out", "y", "more"],
    ["--in", "x", "--out", "y", "--lufs", "0"], ["--in", "x", "--out", "y", "--lufs", "nan"],
    ["--in", "x", "--out", "y", "--true-peak", "1"], ["--in", "x", "--out", "y", "--bitrate", "5"],
    ["--in", "x", "--out", "y", "--max-minutes", "0"],
    ["--in", "x", "--out", "y", "--max-minutes", "many"]], ids=" ".join)
def test_wrong_options_are_exit_64_with_a_hint(options, folder):
    done = run(*options, cwd=folder)
    assert done.returncode == EX_USAGE and done.stdout == "" and done.stderr.count("\n") == 1
    assert files_under(folder) == []


def test_version_and_help():
    assert re.fullmatch(r"loa-ingest \d+\.\d+\.\d+\n", run("--version").stdout)
    assert "--max-minutes" in run("--help").stdout


def refusal(done):
    *_, last = lines_of(done)
    assert set(last) == {"error", "code"} and "\n" not in last["error"], last
    return last["code"]


def test_every_refusal_has_its_exit_code_and_leaves_nothing(bulletin, folder, out):
    text = folder / "text.mp3"
    text.write_text("Thông báo")
    cut = folder / "cut.wav"
    cut.write_bytes(bulletin.read_bytes()[:100000])
    for path, code in ((text, "not-audio"), (cut, "cut-short")):
        done = run("--in", path, "--out", out)
        assert (done.returncode, refusal(done)) == (EX_DATAERR, code)
    done = run("--in", folder / "missing", "--out", out)
    assert (done.returncode, refusal(done)) == (EX_NOINPUT, "no-input")
    done = run("--in", bulletin, "--out", text / "below")
    assert (done.returncode, refusal(done)) == (EX_CANTCREAT, "unwritable")
    done = run("--in", bulletin, "--out", out, preexec_fn=limit_file_size(100000))
    assert (done.returncode, refusal(done)) == (EX_IOERR, "disk-full")
    assert files_under(out) == []


def test_terminating_it_leaves_nothing_and_says_so(long_audio, out):
    ingest = start(long_audio, out)
    assert ingest.terminate() == EX_TEMPFAIL
    assert json.loads(ingest.lines[-1])["code"] == "cancelled"
    assert files_under(out) == []


def test_what_a_killed_one_left_the_next_one_sweeps_but_not_what_lives(long_audio, bulletin, out):
    killed = start(long_audio, out)
    living = start(long_audio, out)
    killed.kill()
    left = files_under(out)
    assert len(left) == 4 and all("/.loa-ingest-" in name for name in left)
    assert run("--in", bulletin, "--out", out).returncode == 0
    assert len([n for n in files_under(out) if "/.loa-ingest-" in n]) == 2
    assert living.is_running()
    living.terminate()
    assert len(files_under(out)) == 2


def test_it_does_not_outlive_its_parent(long_audio, out):
    log = out.parent / "child.log"
    parent = Process("parent", ["sh", "-c", f"'{program('loa-ingest')}' --in '{long_audio}' "
                                f"--out '{out}' > '{log}' & echo $!; wait"],
                     out.parent / "parent.log")
    wait_until("the child to be at work",
               lambda: log.exists() and '"stage":"encode"' in log.read_text())
    os.kill(parent.pid, signal.SIGKILL)
    wait_until("the child to be gone", lambda: files_under(out) == [])


def test_it_has_bound_itself_before_it_reads(long_audio, out):
    ingest = start(long_audio, out, stage="(copy|decode|measure|encode)")
    limits = dict(re.findall(r"^(Max [a-z ]+?) {2,}(\S+)",
                             open(f"/proc/{ingest.pid}/limits").read(), re.M))
    ingest.terminate()
    assert limits["Max core file size"] == "0"
    assert int(limits["Max open files"]) <= 256
    assert int(limits["Max cpu time"]) <= 4000
    assert int(limits["Max file size"]) < 2 << 30
    if limits["Max data size"] == "unlimited":
        pytest.skip("a sanitized build needs memory without end")
    assert int(limits["Max data size"]) <= 512 << 20
