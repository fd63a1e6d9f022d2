# SPDX-License-Identifier: Apache-2.0
"""Fixtures and reports of every suite that runs whole wards: tests/integration, tests/faults, tests/attack."""
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from xdist.scheduler import LoadScheduling

import sound
import ward as ward_module

COMPLAINT = re.compile(r"ERROR: (Address|Leak|Undefined)|runtime error:|CRITICAL|GLib.*WARNING|"
                       r"GStreamer-WARNING|Assertion|assertion")


BULLETIN_S = 3.2
# What a test takes, in seconds, that says nothing of it: @pytest.mark.takes(S) is for the long ones.
USUAL_S = 8


def pytest_configure(config):
    config.addinivalue_line("markers", "takes(seconds): about how long it takes; the longest begin first")


class OneAhead(LoadScheduling):
    """The next test goes to who is free first. In pytest-xdist 3.1 whole runs of tests are dealt out
    beforehand, and the last worker goes on alone long after the others are done."""

    def _send_tests(self, node, num):
        super()._send_tests(node, min(num, max(0, 2 - len(self.node2pending[node]))))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return OneAhead(config, log)


def pytest_collection_modifyitems(config, items):
    """Side by side the longest begin first, so that nobody is left with one at the end. A worker gets
    its first two at once: the second is a short one."""
    if not hasattr(config, "workerinput"):
        return

    def takes(item):
        mark = item.get_closest_marker("takes")
        return mark.args[0] if mark else USUAL_S
    items.sort(key=takes, reverse=True)
    n = min(config.workerinput["workercount"], len(items) // 2)
    first = [item for pair in zip(items[:n], reversed(items)) for item in pair]
    items[:] = first + items[n:len(items) - n]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """What every program said last is part of a failure."""
    report = (yield).get_result()
    folder = item.funcargs.get("folder") if report.failed else None
    if folder is None:
        return
    for log in sorted(folder.rglob("*.log")):
        lines = log.read_text(errors="replace").splitlines()
        report.sections.append((f"{log.relative_to(folder)}, last of {len(lines)} lines",
                                "\n".join(lines[-60:])))


@pytest.fixture
def folder():
    """A folder of the test's own, with everything in it gone afterwards."""
    path = Path(tempfile.mkdtemp(prefix="loa-test-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def make_ward(folder):
    """make_ward({"to-1": ["n1"]}, ...) -> a started Ward; all are ended after the test."""
    wards = []

    def make(groups, start=True, nodes=True, **options):
        ward = ward_module.Ward(folder / f"ward{len(wards) or ''}", groups, **options)
        wards.append(ward)
        return ward.start(nodes=nodes) if start else ward

    yield make
    # Every program must end when asked, well, and without a complaint of GLib or a sanitizer.
    complaints = []
    try:
        for ward in wards:
            complaints += [f"{name}: exit {status}" for name, status in ward.terminate().items()
                           if status != 0]
    finally:
        for ward in wards:
            ward.close()
            for log in ward.logs():
                complaints += [f"{log.name}: {line}" for line in
                               log.read_text(errors="replace").splitlines()
                               if COMPLAINT.search(line)]
    assert not complaints, "\n".join(complaints[:20])


@pytest.fixture(scope="session")
def bulletin(tmp_path_factory):
    """A few seconds of sound in which every moment can be told from every other."""
    path = tmp_path_factory.mktemp("audio") / "bulletin.wav"
    sound.write_wav(path, sound.babble(BULLETIN_S, seed=1))
    return path


@pytest.fixture(scope="session")
def make_audio(tmp_path_factory):
    """make_audio(seconds, seed) -> path of a WAV"""
    folder = tmp_path_factory.mktemp("audio")

    def make(seconds, seed=1):
        path = folder / f"{seconds}-{seed}.wav"
        if not path.exists():
            sound.write_wav(path, sound.babble(seconds, seed=seed))
        return path
    return make


@pytest.fixture
def small_disk(folder):
    """small_disk(kib) -> a file system of its own, gone after the test"""
    mounted = []

    def mount(kib):
        path = folder / f"disk{len(mounted)}"
        path.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "loa-test", path],
                              capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"a small disk needs the right to mount: {done.stderr.strip()}")
        mounted.append(path)
        return path

    yield mount
    for path in mounted:
        subprocess.run(["umount", "-l", path], check=True)


def gist(report):
    """What failed, and the first line of why."""
    crash = getattr(report.longrepr, "reprcrash", None)
    why = (crash.message if crash else str(report.longrepr)).strip().splitlines() or [""]
    return f"{report.nodeid.removeprefix('tests/')}: {why[0]}"


def pytest_terminal_summary(terminalreporter):
    """What failed, by name, and one line with the counts, the same shape as the other runners'."""
    if hasattr(terminalreporter.config, "workerinput"):
        return
    suite = terminalreporter.config.inipath.parent.name
    told = [f"{suite}: {gist(report)}\n"
            for key in ("failed", "error") for report in terminalreporter.stats.get(key, [])]
    for line in told:
        terminalreporter.write(line)
    if os.environ.get("LOA_FAILED"):
        with open(os.environ["LOA_FAILED"], "a") as f:
            f.writelines(told)
    n = {k: len(terminalreporter.stats.get(k, [])) for k in ("passed", "failed", "error", "skipped")}
    for skipped in terminalreporter.stats.get("skipped", []):
        terminalreporter.write_line(f"skipped: {skipped.nodeid}: {skipped.longrepr[2]}")
    failed = n["failed"] + n["error"]
    terminalreporter.write_line(
        f"{suite}: {n['passed']} passed, {failed} failed, {n['skipped']} skipped")
    counts = os.environ.get("LOA_COUNTS")
    if counts:
        with open(counts, "a") as f:
            f.write(f"{suite} {n['passed']} {failed} {n['skipped']}\n")
