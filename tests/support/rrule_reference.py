# SPDX-License-Identifier: Apache-2.0
"""Random RFC 5545 rules, and on which days they fall: by python3-dateutil, written by others.

    rrule_reference.py N SEED LOACTL     compare N rules, print a line for each that differs
"""
import datetime
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from dateutil import rrule

FIRST, N_DAYS = datetime.date(2024, 1, 1), 3650
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
BATCH = 500
# dateutil looks so far for the next day of a rule that has none.
datetime.MAXYEAR = 2200


def some(rng, numbers, most=3):
    return ",".join(map(str, sorted(rng.sample(numbers, rng.randint(1, most)))))


def signed(highest):
    return [n for n in range(-highest, highest + 1) if n]


def some_days(rng, numbers=()):
    """With a number each, or none: of both in one list dateutil takes what is in both."""
    chosen = rng.sample(DAYS, rng.randint(1, 3))
    return ",".join((str(rng.choice(numbers)) if numbers else "") + d for d in chosen)


def make(rng):
    """-> (rule, first day): one that loa_rrule_check() lets pass"""
    freq = rng.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
    parts = {"FREQ": freq}
    if rng.random() < 0.5:
        parts["INTERVAL"] = str(rng.choice([1, 2, 3, 4, 5, 7, 11]))
    if rng.random() < 0.3:
        parts["BYMONTH"] = some(rng, list(range(1, 13)), 4)
    if freq != "WEEKLY" and rng.random() < 0.35:
        parts["BYMONTHDAY"] = some(rng, signed(31), 4)
    if freq == "YEARLY" and not {"BYMONTHDAY", "BYMONTH"} & parts.keys() and rng.random() < 0.4:
        if rng.random() < 0.5:
            parts["BYYEARDAY"] = some(rng, signed(366), 4)
        else:
            # without BYDAY, dateutil takes the whole week and RFC 5545 one day of it
            parts["BYWEEKNO"] = some(rng, list(range(1, 54)), 4)  # we take none from the end
            parts["BYDAY"] = some_days(rng)
            parts.pop("INTERVAL", None)  # nor every so many years of them
    if "BYDAY" not in parts and "BYYEARDAY" not in parts and rng.random() < 0.5:
        numbers = ()
        if freq == "MONTHLY" or (freq == "YEARLY" and "BYMONTH" in parts):
            numbers = signed(5)
        elif freq == "YEARLY":
            numbers = signed(53)
        if rng.random() < 0.5:
            numbers = ()
        if "BYMONTHDAY" in parts:
            numbers = ()  # RFC 5545 leaves open what the n-th Monday that is a 13th would be
        parts["BYDAY"] = some_days(rng, numbers)
    if freq != "DAILY" and {"BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYMONTH"} & parts.keys() and \
            rng.random() < 0.25:
        parts["BYSETPOS"] = some(rng, signed(4), 2)
    if rng.random() < 0.3:
        parts["WKST"] = rng.choice(DAYS)
    start = datetime.date(2020, 1, 1) + datetime.timedelta(days=rng.randrange(3000))
    if freq == "WEEKLY" and "BYSETPOS" in parts:
        # dateutil's first set begins with the start, not with its week
        start -= datetime.timedelta(days=(start.weekday() - DAYS.index(parts.get("WKST", "MO"))) % 7)
    end = rng.random()
    if end < 0.2:
        parts["COUNT"] = str(rng.choice([1, 2, 3, 10, 40, 400]))
    elif end < 0.4:
        parts["UNTIL"] = f"{start + datetime.timedelta(days=rng.randrange(4000)):%Y%m%d}"
    return ";".join(f"{k}={v}" for k, v in parts.items()), start


def expected(rule, start):
    """-> days within the range"""
    begin = datetime.datetime.combine(max(FIRST, start), datetime.time())
    end = datetime.datetime.combine(FIRST, datetime.time()) + datetime.timedelta(days=N_DAYS - 1)
    by_dateutil = rrule.rrulestr(rule, dtstart=datetime.datetime.combine(start, datetime.time()))
    days = []
    for moment in by_dateutil:
        if moment > end:
            break
        if moment >= begin:
            days.append(moment.date().isoformat())
    return days


def has_any(rule, start):
    by_dateutil = rrule.rrulestr(rule, dtstart=datetime.datetime.combine(start, datetime.time()))
    first = next(iter(by_dateutil), None)
    return first is not None and first.year < 2200


def ours(loactl, rules, folder):
    """-> for each rule its days, None where it was refused as one without any day"""
    path, refused = folder / "rules.cfg", set()
    while True:
        path.write_text("broadcasts = (\n" + ",\n".join(
            f'{{ id = "r{i}"; title = "x"; text = "x"; to = "g{i}"; at = "12:00"; '
            f'from = "{start}"; rrule = "{rule}"; }}'
            for i, (rule, start) in enumerate(rules) if i not in refused) + ");\n")
        lines = [i for i in range(len(rules)) if i not in refused]
        check = subprocess.run([loactl, "check", path], capture_output=True, text=True, timeout=600)
        if check.returncode == 0:
            break
        faults = [line for line in check.stderr.splitlines() if "no day fits" in line]
        if not faults:
            raise AssertionError(check.stderr)
        refused |= {lines[int(line.split(":")[1]) - 2] for line in faults}
    done = subprocess.run([loactl, "preview", path, "--from", str(FIRST), "--days", str(N_DAYS), "--json"],
                          capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    days = {i: None if i in refused else [] for i in range(len(rules))}
    for start in json.loads(done.stdout)["starts"]:
        days[int(start["broadcast"][1:])].append(start["day"])
    return days


def compare(loactl, n, seed):
    """-> (sentences, how many days were compared)"""
    rng = random.Random(seed)
    differences, n_days = [], 0
    with tempfile.TemporaryDirectory(prefix="loa-rrule-") as folder:
        for begin in range(0, n, BATCH):
            rules = [make(rng) for _ in range(min(BATCH, n - begin))]
            days = ours(loactl, rules, Path(folder))
            for i, (rule, start) in enumerate(rules):
                is_so, want = days[i], expected(rule, start)
                n_days += len(want)
                if is_so is None and not has_any(rule, start):
                    continue
                if is_so != want:
                    odd = sorted(set(want) ^ set(is_so or []))
                    differences.append(f"{rule} from {start}: dateutil has {len(want)} days, we "
                                       f"{'refuse it' if is_so is None else len(is_so)}; first: {odd[:3]}")
    return differences, n_days


def main():
    differences, n_days = compare(sys.argv[3], int(sys.argv[1]), int(sys.argv[2]))
    for line in differences:
        print(line)
    print(f"{sys.argv[1]} rules, {n_days} days, {len(differences)} rules differ")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
