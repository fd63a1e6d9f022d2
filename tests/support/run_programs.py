# SPDX-License-Identifier: Apache-2.0
"""Run test programs side by side; print what failed, then one line with the counts.

    run_programs.py unit PROGRAM...                     cmocka programs
    run_programs.py fuzz-replay --corpus DIR FUZZER...  a fuzzer's seeds: DIR/FUZZER/*

LOA_FAILED names the file that gets one line for each failure: what failed, and why.

A program that prints no result, dies of a signal or runs for too long has failed, whatever it
printed before. One that failed while others ran beside it is run once more, alone, and both tries
are told: a few programs play sound in real time, and a starved processor is not their defect. A
defect fails twice.
"""
import argparse
import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

OK = re.compile(r"^\[       OK \]", re.M)
FAILED = re.compile(r"^\[  (?:FAILED|ERROR)\s+\] (?!tests: )[a-z_0-9]+$", re.M)
WHY = re.compile(r"^\[  ERROR   \] --- (.*)\n(?:.*\n)*?\[  FAILED  \] (?!tests: )([a-z_0-9]+)$", re.M)
SKIPPED = re.compile(r"^\[  SKIPPED \] (?!tests: )[a-z_0-9]+$", re.M)


def run(command, timeout_s):
    """-> (output, exit status or None for a timeout)"""
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, start_new_session=True)
    try:
        output, _ = child.communicate(timeout=timeout_s)
        status = child.returncode
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        output, _ = child.communicate()
        status = None
    return output.decode(errors="replace"), status


def run_cmocka(program, timeout_s):
    output, status = run([program], timeout_s)
    passed = len(OK.findall(output))
    failed = len(set(FAILED.findall(output)))
    skipped = len(set(SKIPPED.findall(output)))
    if status is None or status < 0 or (status != 0 and failed == 0):
        failed += 1
    if status == 0 and passed + skipped == 0:
        output += f"{program}: ended well but ran no test\n"
        failed = 1
    return passed, failed, skipped, output, status


def run_replay(program, timeout_s, corpus):
    seeds = sorted(p for p in (corpus / Path(program).name).glob("*") if p.is_file())
    if not seeds:
        return 0, 1, 0, f"{program}: no seeds in {corpus / Path(program).name}\n", 1
    output, status = run([program, *map(str, seeds)], timeout_s)
    if status == 0:
        return len(seeds), 0, 0, output, status
    return 0, 1, 0, output, status


def describe(status, timeout_s):
    if status is None:
        return f"still running after {timeout_s} s: killed"
    if status < 0:
        return f"died of {signal.Signals(-status).name}"
    return f"exit {status}"


def gists(suite, program, output, status, timeout_s):
    """One line for each failure of @program."""
    found = [f"{name}: {why.strip()}" for why, name in WHY.findall(output)]
    last = (output.strip().splitlines() or [""])[-1]
    return [f"{suite}: {Path(program).name}: {line}\n"
            for line in found or [f"{describe(status, timeout_s)}: {last}"]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--counts", type=Path, help="append NAME PASSED FAILED SKIPPED here")
    parser.add_argument("--timeout", type=int, default=120)
    parser.add_argument("programs", nargs="*")
    args = parser.parse_intermixed_args()

    started = time.monotonic()
    totals, told = [0, 0, 0], []

    def run_one(program):
        if args.corpus:
            return run_replay(program, args.timeout, args.corpus)
        return run_cmocka(program, args.timeout)

    def show(program, output, status):
        sys.stdout.write(f"--- {program}: {describe(status, args.timeout)}\n{output}")
        sys.stdout.write("" if output.endswith("\n") else "\n")

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(run_one, args.programs))
    for program, (passed, failed, skipped, output, status) in zip(args.programs, runs):
        if failed:
            show(program, output, status)
            passed, failed, skipped, output, status = run_one(program)
            print(f"{program}: failed side by side; alone: {passed} passed, {failed} failed")
        if failed:
            show(program, output, status)
            told += gists(args.name, program, output, status, args.timeout)
        totals = [totals[0] + passed, totals[1] + failed, totals[2] + skipped]
    took = time.monotonic() - started
    print(f"{args.name}: {totals[0]} passed, {totals[1]} failed, {totals[2]} skipped"
          f" ({len(args.programs)} programs, {took:.1f} s)", flush=True)
    if os.environ.get("LOA_FAILED"):
        with open(os.environ["LOA_FAILED"], "a") as f:
            f.writelines(told)
    if args.counts:
        args.counts.parent.mkdir(parents=True, exist_ok=True)
        with args.counts.open("a") as f:
            f.write(f"{args.name} {totals[0]} {totals[1]} {totals[2]}\n")
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
