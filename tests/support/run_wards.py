# SPDX-License-Identifier: Apache-2.0
"""run_wards.py SUITE JOBS TEST...: tests of whole wards, side by side; then failures again, alone.

SUITE is "integration", "faults" or "attack": whose pytest.ini holds.

These tests listen to sound in real time while several wards run on two cores. On a busy machine a
test may be starved of its processor for tens of milliseconds, and hear that. What failed in company
is therefore run once more with the machine to itself, and both tries are told: the second decides,
the first is not hidden. A defect fails twice.

LOA_COUNTS names the file that gets one line "SUITE PASSED FAILED SKIPPED", LOA_FAILED the one that
gets a line for each failure that stayed one.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]


def run(suite, arguments, folder, which):
    """-> (exit status, [passed, failed, skipped], what failed)"""
    counts, failed = folder / f"{which}.counts", folder / f"{which}.failed"
    environment = dict(os.environ, LOA_COUNTS=str(counts), LOA_FAILED=str(failed))
    command = [sys.executable, "-B", "-m", "pytest", "-c", str(TESTS / suite / "pytest.ini"),
               "-q", "-o", f"cache_dir={folder}/cache", *arguments]
    status = subprocess.run(command, env=environment).returncode
    text = counts.read_text().split() if counts.exists() else [suite, "0", "0", "0"]
    told = failed.read_text() if failed.exists() else ""
    if status not in (0, 1):
        told += f"{suite}: pytest ended with {status}, see above\n"
    return status, [int(n) for n in text[1:4]], told


def main():
    suite, jobs, *tests = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix=f"loa-{suite}-") as folder:
        folder = Path(folder)
        status, n, told = run(suite, ["-n", jobs, *tests], folder, "first")
        if status == 1 and n[1] > 0:
            print(f"{suite}: {n[1]} failed side by side; once more, alone", flush=True)
            status, again, told = run(suite, ["--last-failed", "-n", "0", *tests], folder, "second")
            print(f"{suite}: of {n[1]} that failed side by side, {again[0]} passed alone",
                  flush=True)
            n = [n[0] + again[0], again[1], n[2] + again[2]]
    if os.environ.get("LOA_COUNTS"):
        with open(os.environ["LOA_COUNTS"], "a") as f:
            f.write("{} {} {} {}\n".format(suite, *n))
    if os.environ.get("LOA_FAILED"):
        with open(os.environ["LOA_FAILED"], "a") as f:
            f.write(told)
    return status


if __name__ == "__main__":
    sys.exit(main())
