# SPDX-License-Identifier: Apache-2.0
"""A network of its own for one test: an office, and poles behind lines as bad as one likes.

    with Network() as network:              # this thread is in the office now
        line = network.line("cum-1")        # a pole; its programs start with line.wrap
        line.set(**FOUR_G)                  # while traffic flows, both ways
        line.down(loss=5); line.up(rate=64) # one way
        line.cut(); line.mend()
        wire = network.line("cum-2", bare=True)  # nothing but a pair of kernel devices

The office is a network namespace that the calling thread moves into, with all it starts from then
on; so nothing of this can be reached from, or collide with, the machine's own network. Each pole is
another one, joined by build/support/net-bridge. Names begin with loa-PID-; what a killed test left
behind, the next one removes. Needs root and /dev/net/tun: Network.why_not() says what is missing.
"""
import atexit
import ctypes
import os
import re
import subprocess
from pathlib import Path

from ward import program

OFFICE = "10.77.0.1"  # reached from every pole
FOUR_G = {"delay": 60, "jitter": 30, "loss": 2, "rate": 256}
WIFI = {"delay": 2, "jitter": 5, "loss": 1}

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)
_NAMES = Path("/run/netns")


def _checked(status, what):
    if status != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def _ip(*args):
    subprocess.run(["ip", *args], check=True, stdin=subprocess.DEVNULL)


def _remove_name(name):
    subprocess.run(["ip", "netns", "del", name], stdin=subprocess.DEVNULL, capture_output=True)


def _sweep():
    """Names of tests that are no more."""
    for path in _NAMES.glob("loa-*-*"):
        owner = re.match(r"loa-(\d+)-", path.name)
        if owner and not Path(f"/proc/{owner.group(1)}").exists():
            _remove_name(path.name)


class Line:
    """One pole and the line to it; a bare one cannot be made worse."""

    def __init__(self, office, name, number, seed, bare):
        self.namespace = name
        self.wrap = ["ip", "netns", "exec", name]
        self._bridge = None
        near, far = f"line{number}", "line"
        _ip("netns", "add", name)
        try:
            if bare:
                _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", name)
            else:
                self._bridge = subprocess.Popen(
                    [program("support/net-bridge"), office, near, name, far, str(seed)],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
                self._expect("ready")
            _ip("addr", "add", f"10.77.{number}.1/24", "dev", near)
            _ip("link", "set", near, "up")
            _ip("-n", name, "addr", "add", f"10.77.{number}.2/24", "dev", far)
            _ip("-n", name, "link", "set", far, "up")
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", name, "route", "add", "default", "via", f"10.77.{number}.1")
        except BaseException:
            self.close()
            raise

    def _expect(self, word):
        answer = self._bridge.stdout.readline().strip()
        if answer != word:
            raise OSError(f"net-bridge said {answer!r}, not {word!r}")

    def _tell(self, way, values):
        self._bridge.stdin.write(" ".join([way, *(f"{k}={v}" for k, v in values.items())]) + "\n")
        self._expect("ok")

    def set(self, **values):
        """delay, jitter (ms), loss, reorder (%), rate (kbit/s), queue (ms), cut (0 or 1)"""
        self._tell("both", values)

    def down(self, **values):
        """Towards the pole alone."""
        self._tell("ab", values)

    def up(self, **values):
        """Towards the office alone."""
        self._tell("ba", values)

    def cut(self):
        self.set(cut=1)

    def mend(self):
        self.set(cut=0)

    def close(self):
        if self._bridge:
            self._bridge.stdin.close()
            self._bridge.stdout.close()
            self._bridge.kill()
            self._bridge.wait()
        _remove_name(self.namespace)


class Network:
    @staticmethod
    def why_not():
        """-> why there can be no such network here, or None"""
        if os.geteuid() != 0:
            return "network namespaces need root"
        if not os.access("/dev/net/tun", os.R_OK | os.W_OK):
            return "no /dev/net/tun on this machine"
        if not program("support/net-bridge").exists():
            return "build/support/net-bridge is not built (make faults builds it)"
        return None

    def __init__(self):
        self._prefix = f"loa-{os.getpid()}-"
        self._office = self._prefix + "office"
        self._home = None
        self._lines = []

    def __enter__(self):
        _sweep()
        self._home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        atexit.register(self.close)
        _checked(_libc.unshare(_CLONE_NEWNET), "unshare")
        try:
            _ip("netns", "attach", self._office, str(_libc.gettid()))
            _ip("link", "set", "lo", "up")
            _ip("addr", "add", f"{OFFICE}/32", "dev", "lo")
        except BaseException:
            self.close()
            raise
        return self

    def line(self, name, seed=1, bare=False):
        number = len(self._lines) + 1
        line = Line(self._office, f"{self._prefix}{name}", number, seed + number, bare)
        self._lines.append(line)
        return line

    def close(self):
        if self._home is None:
            return
        atexit.unregister(self.close)
        for line in self._lines:
            line.close()
        _remove_name(self._office)
        home, self._home = self._home, None
        _checked(_libc.setns(home, _CLONE_NEWNET), "setns")
        os.close(home)

    def __exit__(self, *exc):
        self.close()
