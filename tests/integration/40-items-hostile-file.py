# SPDX-License-Identifier: Apache-2.0
"""A file made to take the decoder over reaches nothing, and costs one clear error."""
import json
import os
import pathlib
import random
import struct
import subprocess

import pytest
import sound
from ward import program

EX_OK, EX_DATAERR = 0, 65


def run(*options, **kwargs):
    return subprocess.run([program("loa-ingest"), *map(str, options)], capture_output=True,
                          text=True, timeout=50, stdin=subprocess.DEVNULL, **kwargs)


@pytest.fixture
def out(folder):
    return folder / "data"


@pytest.mark.skipif(b"__asan_init" in program("loa-ingest").read_bytes(),
                    reason="the address sanitizer wants to be loaded first, and forks")
def test_a_decoder_that_was_taken_over_reaches_nothing(bulletin, out, folder):
    report, secret = folder / "report", out / "site.key"
    out.mkdir()
    secret.write_text("the key")
    done = run("--in", bulletin, "--out", out, env={
        **os.environ, "LD_PRELOAD": str(program("support/hostile-decoder.so")),
        "HOSTILE_REPORT": str(report), "HOSTILE_SECRET": str(secret)})
    assert done.returncode == EX_OK, done
    got = dict(line.split() for line in report.read_text().splitlines())
    for what in ("socket-inet", "socket-inet6", "socket-unix", "socket-netlink", "connect",
                 "io-uring", "fork", "exec", "kill-parent", "ptrace", "unshare", "mount",
                 "thread-socket", "raise-limit"):
        assert got.pop(what) == "EPERM", what
    assert got.pop("chmod-secret") == got.pop("truncate-secret") == "EPERM"
    # a kernel without Landlock lets it have files; that is said, and all else holds
    has_landlock = "Landlock" not in done.stderr
    for what in ("read-passwd", "read-parent", "list-root", "thread-read", "make-beside",
                 "make-in-tmp", "read-secret", "write-secret", "rename-secret",
                 "remove-secret"):
        said = got.pop(what)
        assert said == "EACCES" or not has_landlock, what
    assert not has_landlock or secret.read_text() == "the key"
    assert got == {"memory": "ENOMEM", "core": "0"}


def test_the_shipped_unit_lets_the_child_lock_itself_up():
    """systemd's @system-service has none of these calls, and without seccomp nothing is imported."""
    unit = (pathlib.Path(__file__).parents[2] / "packaging/systemd/loa-controller.service").read_text()
    allowed = {call for line in unit.splitlines() if line.startswith("SystemCallFilter=")
               for call in line.split("=", 1)[1].split()}
    assert {"seccomp", "landlock_create_ruleset", "landlock_add_rule",
            "landlock_restrict_self"} <= allowed


def webm_of_death(good):
    """Sizes that promise more than there is, everywhere."""
    return good[:40] + b"\x01\xff\xff\xff\xff\xff\xff\xff" * 50 + good[40:]


def crafted(make_audio, folder):
    """(name, bytes): each begins well and then lies."""
    good = make_audio(1, seed=41).read_bytes()
    yield "empty.wav", b""
    yield "html.mp3", b"<html><script>alert(1)</script></html>" * 100
    yield "script.wav", b"#!/bin/sh\ntouch /tmp/x\n" * 50
    yield "promise.wav", good[:4] + struct.pack("<I", 0xffffffff) + good[8:60]
    yield "no-rate.wav", good[:24] + b"\0\0\0\0" + good[28:]
    yield "channels.wav", good[:22] + b"\xff\xff" + good[24:]
    yield "deep.mp4", b"".join(struct.pack(">I4s", 8 * (2000 - i), b"moov") for i in range(2000))
    yield "ftyp.mp4", b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + os.urandom(5000)
    yield "matroska.webm", webm_of_death(b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01" + b"\0" * 80)
    yield "ogg.ogg", b"OggS\0\x02" + b"\xff" * 4000
    yield "flac.flac", b"fLaC\x80\0\0\x22" + b"\xff" * 4000
    yield "id3.mp3", b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + b"\xff" * 4000
    yield "playlist.m3u8", b"#EXTM3U\n#EXTINF:10,\nhttp://127.0.0.1:1/secret\n"
    yield "sdp.sdp", b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\n"


def test_each_crafted_file_costs_one_clear_error(make_audio, folder, out):
    for name, data in crafted(make_audio, folder):
        path = folder / name
        path.write_bytes(data)
        done = run("--in", path, "--out", out)
        assert done.returncode == EX_DATAERR, (name, done)
        last = json.loads(done.stdout.splitlines()[-1])
        assert len(last["error"]) > 20 and last["code"] != "internal", (name, last)
        left = [p for p in out.rglob("*") if p.is_file()] if out.exists() else []
        assert left == [], (name, left)


def test_noise_in_a_good_file_is_sound_or_an_error_but_never_a_crash(make_audio, folder, out):
    random.seed(41)
    good = bytearray(make_audio(1, seed=42).read_bytes())
    for n in range(12):
        data = bytearray(good)
        for _ in range(40):
            data[random.randrange(min(len(data), 400) if n % 2 else len(data))] = \
                random.randrange(256)
        path = folder / f"noise-{n}.wav"
        path.write_bytes(data)
        done = run("--in", path, "--out", out)
        assert done.returncode in (EX_OK, EX_DATAERR), (n, done)
