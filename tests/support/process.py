# SPDX-License-Identifier: Apache-2.0
"""A child program under test: never outlives its test, and every wait has a watchdog."""
import ctypes
import os
import re
import signal
import subprocess
import threading
import time

# A busy machine is slow, a broken program is stuck: only the second may trip a watchdog.
PATIENCE_S = float(os.environ.get("LOA_PATIENCE", "15"))

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


class Timeout(AssertionError):
    pass


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def wait_until(what, predicate, timeout_s=PATIENCE_S, every_s=0.02):
    """Ask @predicate until it answers with something true, and return that.

    For what sends no event (a file of another process). Anything that can tell, tells.
    """
    end = time.monotonic() + timeout_s
    pause = threading.Event()
    while True:
        answer = predicate()
        if answer:
            return answer
        if time.monotonic() > end:
            raise Timeout(f"waited {timeout_s:.0f} s in vain for: {what}")
        pause.wait(every_s)


class Process:
    """One running program; its output lands in @log_path line by line."""

    def __init__(self, name, command, log_path, env=None, preexec=None, cwd=None):
        self.name = name
        self.command = [str(c) for c in command]
        self.log_path = log_path
        self._lines = []
        self._ended = False
        self._changed = threading.Condition()

        def before_exec():
            _die_with_parent()
            if preexec:
                preexec()

        self._child = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True, preexec_fn=before_exec, cwd=cwd,
            env={**os.environ, **(env or {})})
        self.started_mono = time.monotonic()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        with open(self.log_path, "ab") as log:
            for raw in self._child.stdout:
                log.write(raw)
                log.flush()
                with self._changed:
                    self._lines.append(raw.decode(errors="replace").rstrip("\n"))
                    self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    @property
    def pid(self):
        return self._child.pid

    @property
    def lines(self):
        with self._changed:
            return list(self._lines)

    def is_running(self):
        return self._child.poll() is None

    def wait_log(self, pattern, timeout_s=PATIENCE_S, after=0):
        """The first line from number @after on that matches; its match object."""
        pattern = re.compile(pattern)
        end = time.monotonic() + timeout_s
        with self._changed:
            at = after
            while True:
                while at < len(self._lines):
                    match = pattern.search(self._lines[at])
                    if match:
                        return match
                    at += 1
                if self._ended:
                    raise AssertionError(f"{self.name} ended before it said /{pattern.pattern}/\n"
                                         + self.tail())
                left = end - time.monotonic()
                if left <= 0:
                    raise Timeout(f"{self.name} did not say /{pattern.pattern}/ within "
                                  f"{timeout_s:.0f} s\n" + self.tail())
                self._changed.wait(left)

    def tail(self, n=30):
        return "\n".join(f"  {self.name}: {line}" for line in self._lines[-n:])

    def wait(self, timeout_s=PATIENCE_S):
        """-> exit status"""
        try:
            status = self._child.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise Timeout(f"{self.name} did not end within {timeout_s:.0f} s\n" + self.tail())
        self._reader.join(5)
        return status

    def kill(self):
        """kill -9: what a power cut looks like to the program."""
        if self.is_running():
            os.killpg(self.pid, signal.SIGKILL)
        self._child.wait()
        self._reader.join(5)

    def terminate(self, timeout_s=PATIENCE_S):
        """Ask it to end; -> exit status. One that does not is killed, and the test fails."""
        if self.is_running():
            self._child.terminate()
        try:
            return self.wait(timeout_s)
        except Timeout:
            self.kill()
            raise

    def signal(self, number):
        os.kill(self.pid, number)

    def peak_rss_kb(self):
        return int(self._status("VmHWM"))

    def _status(self, key):
        with open(f"/proc/{self.pid}/status") as f:
            return re.search(rf"^{key}:\s+(\d+)", f.read(), re.M).group(1)

    def cpu_s(self):
        """User and system time so far, children that ended included."""
        with open(f"/proc/{self.pid}/stat") as f:
            fields = f.read().rsplit(")", 1)[1].split()
        return sum(int(x) for x in fields[11:15]) / os.sysconf("SC_CLK_TCK")
