# SPDX-License-Identifier: Apache-2.0
"""What a loudspeaker said, held against what it should have said."""
import subprocess
import time
import wave
from pathlib import Path

import numpy as np

RATE = 48000
BLOCK = RATE // 10
# A correlation this high is the same sound; unrelated babble stays below 0.3.
SAME = 0.9


def babble(seconds, seed=1, level_db=-20.0):
    """Short sweeps of random pitch, like vowels: no two moments of it are alike."""
    rng = np.random.default_rng(seed)
    pieces, n_left = [], round(seconds * RATE)
    while n_left > 0:
        n = min(n_left, int(rng.integers(RATE // 20, RATE // 8)))
        t = np.arange(n) / RATE
        low, high = rng.uniform(250, 1200), rng.uniform(250, 1200)
        phase = 2 * np.pi * (low * t + (high - low) * t * t / (2 * n / RATE))
        pieces.append(sum(np.sin(h * phase + rng.uniform(0, 6.28)) / h for h in (1, 2, 3)))
        n_left -= n
    sound = np.concatenate(pieces)
    return sound * 10 ** (level_db / 20) / rms(sound)


def write_wav(path, samples, rate=RATE):
    with wave.open(str(path), "wb") as f:
        f.setnchannels(1)
        f.setsampwidth(2)
        f.setframerate(rate)
        f.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def decode_opus(path):
    """The stored recording as GStreamer's own Opus decoder hears it: float, 48 kHz, mono."""
    return decode(path, "oggdemux", "!", "opusdec")


def decode(path, *decoder):
    """Any sound file, the same way."""
    done = subprocess.run(
        ["gst-launch-1.0", "-q", "filesrc", f"location={path}", "!", *(decoder or ["decodebin"]),
         "!", "audioconvert", "!", "audioresample", "!", f"audio/x-raw,format=F32LE,rate={RATE},channels=1", "!",
         "fdsink", "fd=1"], capture_output=True, timeout=60, check=True, stdin=subprocess.DEVNULL)
    return np.frombuffer(done.stdout, "<f4").astype(float)


def rms(samples):
    return float(np.sqrt(np.mean(np.square(samples)))) if len(samples) else 0.0


def level_db(samples):
    return 20 * np.log10(max(rms(samples), 1e-6))


def correlate(needle, hay):
    """Normalised correlation of @needle at every place of @hay where it fits whole."""
    if len(hay) < len(needle):
        return np.zeros(1)
    size = 1 << (len(hay) + len(needle) - 1).bit_length()
    product = np.fft.irfft(np.fft.rfft(hay, size) * np.conj(np.fft.rfft(needle, size)), size)
    product = product[:len(hay) - len(needle) + 1]
    energy = np.concatenate([[0.0], np.cumsum(np.square(hay))])
    energy = energy[len(needle):] - energy[:-len(needle)]
    norm = np.sqrt(np.maximum(energy, 1e-9) * np.sum(np.square(needle)))
    return product / np.maximum(norm, 1e-9)


def find(needle, hay):
    """-> (best place, score)"""
    scores = correlate(needle, hay)
    best = int(np.argmax(scores))
    return best, float(scores[best])


class Haystack:
    """Sound that is searched for many needles of @n samples: what find() answers, ten times as
    quickly, since the transforms of the sound are made once and are short (overlap-save)."""

    SIZE = 1 << 15

    def __init__(self, hay, n):
        self._n_places = len(hay) - n + 1
        step = self.SIZE - n + 1
        n_rows = max(0, -(-self._n_places // step))
        padded = np.zeros(n_rows * step + n)
        padded[:len(hay)] = hay
        rows = np.stack([padded[i * step:i * step + self.SIZE] if i * step + self.SIZE <= len(padded)
                         else np.pad(padded[i * step:], (0, self.SIZE))[:self.SIZE]
                         for i in range(n_rows)]) if n_rows else np.zeros((0, self.SIZE))
        self._step = step
        self._spectra = np.fft.rfft(rows)
        energy = np.concatenate([[0.0], np.cumsum(np.square(hay))])
        self._norm = np.sqrt(np.maximum(energy[n:] - energy[:-n], 1e-9))

    def find(self, needle):
        """-> (best place, score)"""
        if self._n_places < 1:
            return 0, 0.0
        spectrum = np.conj(np.fft.rfft(needle, self.SIZE))
        products = np.fft.irfft(self._spectra * spectrum)[:, :self._step]
        scores = products.reshape(-1)[:self._n_places] / self._norm
        best = int(np.argmax(scores))
        return best, float(scores[best]) / max(float(np.sqrt(np.sum(np.square(needle)))), 1e-9)


class Piece:
    """A block of the reference, and where it was heard."""

    def __init__(self, media, at, score):
        self.media = media  # sample of the reference
        self.at = at        # sample of the recording
        self.score = score


class Recording:
    """A `file:` output: the samples, and when each block of them left the device."""

    def __init__(self, samples, due):
        self.samples = samples
        self.due = due  # rows of (first sample, CLOCK_MONOTONIC ns)

    @classmethod
    def read(cls, path):
        path = Path(path)
        if not path.exists():
            return cls(np.zeros(0), np.zeros((0, 2), dtype=np.int64))
        raw = path.read_bytes()[44:]
        samples = np.frombuffer(raw[:len(raw) // 2 * 2], "<i2").astype(float) / 32768
        lines = [line.split() for line in
                 Path(f"{path}.due").read_text().rsplit("\n", 1)[0].split("\n") if line]
        due = np.array([(int(a), int(b)) for a, b in lines], dtype=np.int64).reshape(-1, 2)
        return cls(samples, due)

    def mono_s(self, sample):
        """When @sample left the device, on CLOCK_MONOTONIC."""
        row = int(np.searchsorted(self.due[:, 0], sample, "right")) - 1
        first, ns = self.due[row]
        return ns / 1e9 + (sample - first) / RATE

    def site_s(self, sample):
        return self.mono_s(sample) + time.time() - time.monotonic()

    def since(self, mono_s):
        """What left the device from @mono_s on."""
        rows = np.nonzero(self.due[:, 1] >= mono_s * 1e9)[0]
        if not len(rows):
            return Recording(np.zeros(0), np.zeros((0, 2), dtype=np.int64))
        first = self.due[rows[0], 0]
        due = self.due[rows[0]:].copy()
        due[:, 0] -= first
        return Recording(self.samples[first:], due)

    def is_silent(self):
        return len(self.samples) == 0 or float(np.max(np.abs(self.samples))) < 0.001

    def sound_spans(self, gap_s=0.25):
        """[(first sample, end)] of stretches that are not silent."""
        loud = np.nonzero(np.abs(self.samples) > 0.003)[0]
        if not len(loud):
            return []
        breaks = np.nonzero(np.diff(loud) > gap_s * RATE)[0]
        starts = np.concatenate([[loud[0]], loud[breaks + 1]])
        ends = np.concatenate([loud[breaks], [loud[-1]]]) + 1
        return list(zip(starts.tolist(), ends.tolist()))

    def follow(self, reference):
        """Where each tenth of a second of @reference was heard: [Piece], best place each.

        The first good block is searched for everywhere; the next ones near where they belong,
        and everywhere again when they are not there (a pause, a restart)."""
        pieces, expected, everywhere = [], None, None
        for media in range(0, len(reference) - BLOCK + 1, BLOCK):
            needle = reference[media:media + BLOCK]
            at, score = 0, 0.0
            if expected is not None:
                low = max(0, expected - BLOCK // 4)
                at, score = find(needle, self.samples[low:expected + BLOCK + BLOCK // 4])
                at += low
            if score < SAME:
                everywhere = everywhere or Haystack(self.samples, BLOCK)
                other, other_score = everywhere.find(needle)
                if other_score > score:
                    at, score = other, other_score
            if score >= SAME:
                expected = at + BLOCK
            pieces.append(Piece(media, at, score))
        return pieces


def heard(pieces):
    """Share of the reference that was heard."""
    return sum(p.score >= SAME for p in pieces) / max(1, len(pieces))


def jumps(pieces, tolerance=0.004):
    """[(media sample, seconds)] where the recording leaves the reference's own pace."""
    good = [p for p in pieces if p.score >= SAME]
    found = []
    for a, b in zip(good, good[1:]):
        shift = ((b.at - a.at) - (b.media - a.media)) / RATE
        if abs(shift) > tolerance:
            found.append((b.media, shift))
    return found


def ogg_packets(path):
    """The packets of an Ogg file with one logical stream, the two of the header left out."""
    data, at, packets, open_packet = Path(path).read_bytes(), 0, [], b""
    while at < len(data):
        assert data[at:at + 4] == b"OggS", f"no page at byte {at}"
        n_segments = data[at + 26]
        lacing = data[at + 27:at + 27 + n_segments]
        at += 27 + n_segments
        for size in lacing:
            open_packet += data[at:at + size]
            at += size
            if size < 255:
                packets.append(open_packet)
                open_packet = b""
    return packets[2:]
