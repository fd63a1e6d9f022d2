# SPDX-License-Identifier: Apache-2.0
"""Pulses that are found again to a fraction of a sample, and how far apart receivers heard them."""
import numpy as np

import sound
from sound import RATE

EVERY_S = 0.5
LENGTH = RATE * 40 // 1000
# A pulse of the recording correlates so well with the one that was sent; Opus costs a little.
SAME = 0.6


def chirp():
    t = np.arange(LENGTH) / RATE
    seconds = LENGTH / RATE
    phase = 2 * np.pi * (300 * t + (5000 - 300) * t * t / (2 * seconds))
    return np.sin(phase) * np.hanning(LENGTH)


def signal(seconds):
    """A pulse each half second from a quarter of a second on, and noise that keeps every codec busy."""
    out = np.random.default_rng(1).standard_normal(round(seconds * RATE)) * 0.003
    for at in range(RATE // 4, len(out) - LENGTH, round(EVERY_S * RATE)):
        out[at:at + LENGTH] += 0.5 * chirp()
    return out


def locate(samples):
    """-> where pulses begin, in samples, by cross-correlation and a parabola through its peak"""
    scores = sound.correlate(chirp(), samples)
    places = []
    at = 1
    gap = round(0.8 * EVERY_S * RATE)
    while at < len(scores) - 1:
        over = np.flatnonzero(scores[at:-1] > SAME)
        if not len(over):
            break
        first = at + int(over[0])
        best = first + int(np.argmax(scores[first:first + LENGTH]))
        if 0 < best < len(scores) - 1:
            a, b, c = scores[best - 1:best + 2]
            places.append(best + 0.5 * (a - c) / (a - 2 * b + c))
        at = best + gap
    return np.array(places)


class Heard:
    """One receiver's pulses: the moments at which they left it, on the true CLOCK_MONOTONIC."""

    def __init__(self, moments):
        self.moments = np.asarray(moments, dtype=float)


def spreads(receivers):
    """-> (moments, spreads) of every pulse that all receivers heard: latest minus earliest, in s"""
    rows = []
    if not all(len(r.moments) for r in receivers):
        return np.zeros(0), np.zeros(0)
    for moment in receivers[0].moments:
        row = [r.moments[np.argmin(np.abs(r.moments - moment))] for r in receivers]
        if np.ptp(row) < EVERY_S / 2:
            rows.append(row)
    rows = np.array(rows).reshape(-1, len(receivers))
    return rows.mean(axis=1), np.ptp(rows, axis=1) if len(rows) else np.zeros(0)


def percentile_us(values, percent):
    return float(np.percentile(values, percent)) * 1e6 if len(values) else float("nan")
