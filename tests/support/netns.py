# SPDX-License-Identifier: Apache-2.0
"""A small network of namespaces: one server, a switch, and receivers behind lines that may be bad.

    with Network([Line(delay=2, jitter=5, loss=1)] * 6) as network:
        with network.inside("server"): ...       this thread, and what it starts
        Process(..., preexec=network.enter(3))   in receiver 3 (the first is 0)

Needs root. Namespaces are named after this process, so that those of one that was killed are
found and removed by the next.
"""
import contextlib
import ctypes
import os
import subprocess
from pathlib import Path

NETNS = Path("/run/netns")
PREFIX = "loanet"
CLONE_NEWNET = 0x40000000
SERVER_ADDRESS = "10.77.0.1"
_libc = ctypes.CDLL(None, use_errno=True)


class Line:
    """What a line does to frames, each way: ms, ms (half-normal on top), percent, kbit/s."""

    def __init__(self, delay=0.0, jitter=0.0, loss=0.0, more_down=0.0, more_up=0.0):
        self.down = f"delay={delay + more_down} jitter={jitter} loss={loss}"
        self.up = f"delay={delay + more_up} jitter={jitter} loss={loss}"


def _ip(*args):
    done = subprocess.run(["ip", *args], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise OSError(f"ip {' '.join(args)}: {done.stderr.strip()}")


def _setns(fd):
    if _libc.setns(fd, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def remove_stale():
    for path in NETNS.glob(f"{PREFIX}-*"):
        if not Path("/proc", path.name.split("-")[1]).exists():
            _ip("netns", "del", path.name)


class Network:
    def __init__(self, lines, bridge_program):
        """@lines: one a receiver; None is a bare veth"""
        self.lines = lines
        self._program = bridge_program
        self._made = []
        self._fds = {}
        self._bridges = []

    def _name(self, part):
        return f"{PREFIX}-{os.getpid()}-{part}"

    def _add(self, part):
        _ip("netns", "add", self._name(part))
        self._made.append(part)
        self._fds[part] = os.open(NETNS / self._name(part), os.O_RDONLY | os.O_CLOEXEC)
        _ip("-n", self._name(part), "link", "set", "lo", "up")

    def _veth(self, port, part):
        _ip("-n", self._name("switch"), "link", "add", port, "type", "veth",
            "peer", "name", "eth0", "netns", self._name(part))

    def _bad_line(self, port, part, line, seed):
        bridge = subprocess.Popen([self._program, self._name("switch"), port, self._name(part),
                                   "eth0", str(seed)], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True, bufsize=1)
        self._bridges.append(bridge)
        for command in (None, f"ab {line.down}", f"ba {line.up}"):
            if command:
                bridge.stdin.write(command + "\n")
            answer = bridge.stdout.readline().strip()
            if answer != ("ok" if command else "ready"):
                raise OSError(f"net-bridge: {command}: {answer!r}")

    def _attach(self, port, part, address):
        _ip("-n", self._name("switch"), "link", "set", port, "master", "br0", "up")
        _ip("-n", self._name(part), "addr", "add", f"{address}/16", "dev", "eth0")
        _ip("-n", self._name(part), "link", "set", "eth0", "up")

    def __enter__(self):
        remove_stale()
        try:
            self._add("switch")
            _ip("-n", self._name("switch"), "link", "add", "br0", "type", "bridge")
            _ip("-n", self._name("switch"), "link", "set", "br0", "up")
            self._add("server")
            self._veth("server", "server")
            self._attach("server", "server", SERVER_ADDRESS)
            for i, line in enumerate(self.lines):
                self._add(str(i))
                if line is None:
                    self._veth(f"port{i}", str(i))
                else:
                    self._bad_line(f"port{i}", str(i), line, seed=i + 1)
                self._attach(f"port{i}", str(i), f"10.77.1.{i + 1}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *exc):
        for bridge in self._bridges:
            bridge.kill()
            bridge.wait()
        for fd in self._fds.values():
            os.close(fd)
        for part in reversed(self._made):
            _ip("netns", "del", self._name(part))
        self._made, self._fds, self._bridges = [], {}, []

    def enter(self, part):
        """A preexec function: the child lives in @part."""
        fd = self._fds[str(part)]
        return lambda: _setns(fd)

    @contextlib.contextmanager
    def inside(self, part):
        """This thread, and every thread and program it starts meanwhile, lives in @part."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        _setns(self._fds[str(part)])
        try:
            yield
        finally:
            _setns(home)
            os.close(home)
