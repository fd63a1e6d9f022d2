# SPDX-License-Identifier: Apache-2.0
"""A stranger at the page's door and at the port where receivers fetch recordings."""
import contextlib
import gzip
import re
import socket

from process import wait_until
from stranger import Memory, Show, assert_works, at_it
from visitor import Visitor, add_user

PATIENT = 5


def audio_port(ward):
    return int(re.search(r":(\d+)", next(iter(ward.nodes.values())).mirrors[0][5:]).group(1))


def page_port(ward):
    return int((ward.data_dir / "http.port").read_text())


def told(link):
    """What it says before it ends, or within a moment."""
    said = b""
    with contextlib.suppress(OSError):
        while len(said) < 100_000:
            more = link.recv(65536)
            if not more:
                break
            said += more
    return said


def endless(port, head, more, n=400):
    """A request that does not end: what the other side takes of it is bounded."""
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as link:
            link.sendall(head)
            for _ in range(n):
                link.sendall(more)
                yield 0
        yield 0.05


def hold(port, head, byte, n):
    """Many connections at a time that say a byte now and then; each that is cut off comes again."""
    links = []
    try:
        while True:
            while len(links) < n:
                with contextlib.suppress(OSError):
                    link = socket.create_connection(("127.0.0.1", port), 2)
                    link.sendall(head)
                    links.append(link)
                yield 0
            for link in list(links):
                try:
                    link.send(byte)
                except OSError:
                    links.remove(link)
                    link.close()
            yield 0.2
    finally:
        for link in links:
            link.close()


def test_requests_without_end(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, stored=True)
    show = Show(ward, make_audio(12, seed=321))
    memory = Memory(ward)
    block = b"X-A: " + b"a" * 60_000 + b"\r\n"
    deeds = []
    for port in (page_port(ward), audio_port(ward)):
        get = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
        deeds += [endless(port, get, block), endless(port, get + b"X: ", b"a" * 60_000),
                  endless(port, b"GET /", b"a" * 60_000),
                  endless(port, b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n"
                          b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
                          b"f000\r\n" + b" " * 0xf000 + b"\r\n")]
    with at_it(*deeds):
        show.assert_heard()
    memory.assert_within(48, 16)
    assert_works(ward)


def test_connections_held_open_keep_no_receiver_from_its_recording(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, stored=True)
    memory = Memory(ward)
    half_tls = b"\x16\x03\x01\x02\x00\x01\x00"
    with at_it(hold(audio_port(ward), b"GET /audio/" + b"0" * 64 + b".opus HTTP/1.1\r\nX: ", b"a", 256),
               hold(page_port(ward), b"GET / HTTP/1.1\r\nX: ", b"a", 200),
               hold(page_port(ward), half_tls, b"\0", 60)) as steps:
        wait_until("the crowd is there", lambda: min(steps) >= 40, timeout_s=20)
        show = Show(ward, make_audio(8, seed=322), at="+8s")  # waits until it is fetched
        show.assert_heard()
    memory.assert_within(24, 16)
    assert_works(ward)


def test_guessing_without_end_and_requests_that_say_two_things(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, stored=True)
    add_user(ward, "lan", "auditor")
    visitor = Visitor(ward, "lan")
    show = Show(ward, make_audio(12, seed=323))
    memory = Memory(ward)
    codes = set()

    def guess():
        n = 0
        while True:
            n += 1
            answer = Visitor(ward).sign_in(f"ai-{n}" if n % 2 else "admin", password=f"doan {n}")
            codes.add(answer.status)
            yield 0

    bomb = gzip.compress(b"\0" * 20_000_000)
    head = "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    two = [head + "Content-Length: 5\r\nContent-Length: 50\r\n\r\n{}\r\n\r\n",
           head + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5c\r\nGET /admin HTTP/1.1\r\n"
           "\r\n\r\n0\r\n\r\n",
           head + "Content-Length: -1\r\n\r\n{}", head + "Content-Length: 99999999999999999999\r\n\r\n{}",
           "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
           "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n",
           "GET /lib/..%2f..%2fpasswd.css HTTP/1.1\r\nHost: localhost\r\n\r\n",
           "GET http://example.org/ HTTP/1.1\r\nHost: localhost\r\nHost: example.org\r\n\r\n",
           "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\r\n" * 9, "\0" * 99]
    raw = [t.encode() for t in two]
    raw.append(head.encode() + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb) + bomb)

    def twist():
        while True:
            for message in raw:
                with contextlib.suppress(OSError), \
                        socket.create_connection(("127.0.0.1", page_port(ward)), PATIENT) as link:
                    link.settimeout(PATIENT)
                    link.sendall(message)
                    link.shutdown(socket.SHUT_WR)
                    said = told(link)
                    assert said.count(b"HTTP/1.") <= 1, (message[:200], said)
                    assert b"root:" not in said and b" 500 " not in said[:16], said[:200]
                yield 0.02
    with at_it(guess(), guess(), twist()):
        show.assert_heard()
        assert visitor.get("/status").status == 200, "who is signed in goes on working"
    print("guesses were answered:", codes)
    assert codes <= {401, 429, 503} and 429 in codes
    memory.assert_within(160, 16)
    assert_works(ward)


def test_listening_for_events_without_end(make_ward, make_audio):
    """Only who is signed in may, and so many at a time; a page that comes back finds its place."""
    ward = make_ward({"to-1": ["cum-1"]}, stored=True)
    add_user(ward, "lan", "auditor")
    visitor = Visitor(ward, "lan")
    show = Show(ward, make_audio(10, seed=324))
    memory = Memory(ward)
    anybody = b"GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n"
    signed_in = anybody + b"Cookie: " + visitor.cookie.encode() + b"\r\n\r\n"
    with at_it(hold(page_port(ward), anybody + b"\r\n", b"", 60),
               hold(page_port(ward), signed_in, b"", 120)):
        show.assert_heard()
        assert ward.api("GET", "/api/v1/status")["broker"] == "connected"
    memory.assert_within(32, 16)
    assert_works(ward)
