# SPDX-License-Identifier: Apache-2.0
"""A whole ward in one temporary folder: broker, controller and receivers, started and killed at will."""
import csv
import datetime
import io
import json
import os
import re
import resource
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import sound
import wire
from mqtt import Listener
from process import PATIENCE_S, Process, Timeout, wait_until

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("LOA_BUILD", TOP / "build"))
SITE = "phuong-thu"
ALL_HOURS = '( { days = ( "mon", "tue", "wed", "thu", "fri", "sat", "sun" ); from = "00:00"; to = "24:00"; } )'


def program(name):
    return BUILD / name


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def in_seconds(seconds):
    """A time for `loactl play --at`, on a whole second."""
    zone = datetime.timezone(datetime.timedelta(hours=7))
    at = datetime.datetime.now(zone) + datetime.timedelta(seconds=seconds)
    return at.replace(microsecond=0).isoformat()


class Broker:
    """mosquitto on a loopback port that stays the same over restarts."""

    def __init__(self, folder, extra="", address="127.0.0.1"):
        self.folder = folder
        self.address = address
        self.port = None
        self.extra = extra
        self.process = None
        folder.mkdir(parents=True, exist_ok=True)

    def start(self):
        for _ in range(5):
            port = self.port or free_port()
            config = self.folder / "mosquitto.conf"
            anonymous = "" if "allow_anonymous" in self.extra else "allow_anonymous true\n"
            user = "user root\n" if os.geteuid() == 0 else ""
            config.write_text(f"listener {port} {self.address}\n{anonymous}{user}"
                              "persistence false\nlog_dest stderr\nconnection_messages true\n"
                              "max_queued_messages 10000\n" + self.extra)
            self.process = Process("broker", ["mosquitto", "-c", config],
                                   self.folder / "broker.log",
                                   env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
            try:
                self.process.wait_log(r"mosquitto version \S+ running")
                self.port = port
                return self
            except AssertionError:
                taken = "in use" in self.process.tail()
                self.process.kill()
                if not taken or self.port:
                    raise
        raise AssertionError("no free port for the broker")

    def kill(self):
        self.process.kill()


class Node:
    def __init__(self, ward, name, group):
        self.ward = ward
        self.name = name
        self.group = group
        self.folder = ward.folder / "nodes" / name
        self.data_dir = self.folder / "data"
        self.config = self.folder / "node.cfg"
        self.output = self.folder / "output.wav"
        self.seed = None
        self.controller_key = None
        self.time_address = None
        self.mirrors = []
        self.process = None
        self.options = {}
        self.program = program("loa-node")
        self.wrap = []  # a command that starts its program elsewhere
        self.env = {}
        self._state_seen = 0
        self.folder.mkdir(parents=True)

    def enrol(self):
        """What a technician does: `loactl node add`, then the file goes onto the receiver."""
        issued = self.folder / "issued.cfg"
        self.ward.loactl("node", "add", self.name, "--group", self.group, "--out", issued)
        text = issued.read_text()
        self.seed = re.search(r'\bseed\s*=\s*"([0-9a-f]{64})"', text).group(1)
        self.controller_key = re.search(r'controller_keys\s*=\s*[\[(]\s*"([0-9a-f]{64})"',
                                        text).group(1)
        self.time_address = re.search(r'\bcontroller\s*=\s*"([^"]+)"', text).group(1)
        self.mirrors = re.findall(r'"(http[^"]+)"', text)
        return self

    def write_config(self, **options):
        """Options: sink, buffer_ms, quiet_hours, utc_offset_min, keys, trust_system, port;
        time: whom to ask for it (None: nobody); battery: folder of a battery clock;
        mirrors: where to fetch recordings."""
        self.options.update(options)
        o = {"sink": f"file:{self.output}", "buffer_ms": None, "quiet_hours": "", "trust_system": True,
             "keys": [self.controller_key], "port": None, "time": self.time_address,
             "mirrors": self.mirrors if self.ward.stored else [], "max_kbit_s": 0, **self.options}
        time_source = f'controller = "{o["time"]}"; ' if o["time"] else ""
        battery = f' battery = "{o["battery"]}";' if o.get("battery") else ""
        mirrors = ", ".join(f'"{m}"' for m in o["mirrors"])
        keys = ", ".join(f'"{k}"' for k in o["keys"])
        buffer = f' buffer_ms = {o["buffer_ms"]};' if o["buffer_ms"] else ""
        self.config.write_text(
            f'site = "{SITE}";\nnode = "{self.name}";\ngroup = "{self.group}";\n'
            f'seed = "{self.seed}";\ncontroller_keys = [ {keys} ];\n'
            f'data_dir = "{o.get("data_dir", self.data_dir)}";\n'
            + self.ward.broker_block(self.name, o["port"]) +
            f'output = {{ sink = "{o["sink"]}";{buffer} }};\n'
            f'clock = {{ {time_source}trust_system = {str(o["trust_system"]).lower()};'
            f'{battery} }};\n'
            f'audio = {{ mirrors = [ {mirrors} ]; max_kbit_s = {o["max_kbit_s"]}; }};\n'
            + o["quiet_hours"])
        os.chmod(self.config, 0o600)
        return self

    def start(self, wait=True, **popen):
        if not self.config.exists():
            self.write_config()
        self.process = Process(self.name, [*self.wrap, self.program, "--config", self.config],
                               self.folder / "node.log", env=self.env, **popen)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, serial_above=0):
        """Online at the controller's broker, with a plan in hand."""
        self.wait_state("online with a plan",
                        lambda s: s["online"] and s["plan_serial"] > serial_above,
                        since_mono=self.process.started_mono)
        return self

    def wait_state(self, what, predicate, timeout_s=PATIENCE_S, since_mono=0):
        """The first state for which @predicate holds, beginning with the one that the wait
        before this one ended at: waits follow the order of things."""
        topic = wire.topic("state", SITE, self.name)
        message = self.ward.ear.wait(
            f"{self.name} {what}",
            lambda m: (m.topic == topic and m.payload and m.mono_s >= since_mono
                       and not (m.retained and since_mono)
                       and predicate(wire.peek_json(m.payload))),
            timeout_s, after=self._state_seen)
        self._state_seen = message.index
        return wire.peek_json(message.payload)

    def kill(self):
        self.process.kill()

    def restart(self):
        self.kill()
        return self.start()

    def recording(self):
        """Everything its loudspeaker has said so far, run after run."""
        return sound.Recording.read(self.output)

    def outcomes(self, **query):
        return [e for e in self.ward.log(**query)
                if e["kind"] == "outcome" and e["node"] == self.name]


class Ward:
    """Use as a context manager: nothing is left running, whatever happens."""

    def __init__(self, folder, groups, playout_delay_ms=1000, hours=ALL_HOURS, broker_extra="",
                 controller_extra="", passwords=None, ear=(None, None), trust_system=True,
                 stored=False, address="127.0.0.1", group_keys=None, http=""):
        self.folder = Path(folder)
        self.groups = groups
        self.group_keys = group_keys or {}  # more keys of a group in controller.cfg, as text
        self.data_dir = self.folder / "controller"
        self.config = self.folder / "controller.cfg"
        # A sanitized receiver takes several times as long to open its device: give it the time.
        slow = 2000 if os.environ.get("LOA_SAN") else 0
        self.playout_delay_ms = max(playout_delay_ms, slow)
        self.hours = hours
        self.stored = stored  # do receivers fetch recordings, or live on the channel alone?
        self.trust_system = trust_system  # does the controller trust its own clock?
        self.controller_extra = controller_extra
        self.http = http or "port = 0;"  # where the page is, and how
        self.passwords = passwords or {}
        self._ear_login = ear
        self.address = address  # where receivers reach broker and controller
        self.broker = Broker(self.folder / "broker", broker_extra, address)
        self.nodes = {name: Node(self, name, group)
                      for group, names in groups.items() for name in names}
        self.controller = None
        self.ear = None
        self._others = []

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self.close()

    def broker_block(self, user, port=None):
        """The `broker` group of a configuration file."""
        login = (f' username = "{user}"; password = "{self.passwords[user]}";'
                 if user in self.passwords else "")
        return f'broker = {{ host = "{self.address}"; port = {port or self.broker.port};{login} }};\n'

    # --- starting and stopping ---------------------------------------------------------------

    def start(self, nodes=True):
        self.broker.start()
        self.ear = Listener(self.broker.port, f"loa/{SITE}/node/+/state",
                            f"loa/{SITE}/plan/+", username=self._ear_login[0],
                            password=self._ear_login[1], host=self.address)
        self.start_controller()
        for node in self.nodes.values():
            node.enrol()
        if nodes:
            for node in self.nodes.values():
                node.start(wait=False)
            for node in self.nodes.values():
                node.wait_ready()
        return self

    def write_config(self):
        groups = ",\n".join(f'  {{ id = "{g}"; name = "Tổ dân phố {i}"; '
                            f'{self.group_keys.get(g, "")} }}'
                            for i, g in enumerate(self.groups, 1))
        self.config.write_text(
            f'site = {{ id = "{SITE}"; name = "Phường Thử"; time_zone = "Asia/Ho_Chi_Minh"; }};\n'
            f'groups = (\n{groups} );\ndata_dir = "{self.data_dir}";\n'
            + self.broker_block("controller") +
            f'http = {{ {self.http} token_file = "{self.data_dir}/token"; }};\n'
            f'clock = {{ trust_system = {str(self.trust_system).lower()}; }};\n'
            f'receivers = {{ listen = "{self.address}"; time_port = 0; audio_port = 0; }};\n'
            f'playout_delay_ms = {self.playout_delay_ms};\nhours = {self.hours};\n'
            + self.controller_extra)

    def start_controller(self, wait=True, **popen):
        self.write_config()
        (self.data_dir / "http.port").unlink(missing_ok=True)
        self.controller = Process("controller",
                                  [program("loa-controller"), "--config", self.config],
                                  self.folder / "controller.log", **popen)
        if wait:
            self.wait_controller()
        return self.controller

    def wait_controller(self):
        def answers():
            if not self.controller.is_running():
                raise AssertionError("the controller ended\n" + self.controller.tail())
            try:
                return self.api("GET", "/api/v1/status").get("broker") == "connected"
            except (OSError, ValueError):
                return False
        wait_until("the controller answers and is connected", answers)

    def spawn(self, name, command, **popen):
        process = Process(name, command, self.folder / f"{name}.log", **popen)
        self._others.append(process)
        return process

    def close(self):
        if self.ear:
            self.ear.close()
        processes = [n.process for n in self.nodes.values()]
        for process in [*self._others, *processes, self.controller, self.broker.process]:
            if process:
                process.kill()

    def terminate(self):
        """An orderly end of every program, so that a leak checker gets its say."""
        statuses = {}
        for process in [*[n.process for n in self.nodes.values()], self.controller]:
            if process and process.is_running():
                statuses[process.name] = process.terminate()
        return statuses

    def logs(self):
        return sorted(self.folder.rglob("*.log"))

    # --- speaking to the controller ----------------------------------------------------------

    def api(self, method, path, body=None, token=None, timeout_s=PATIENCE_S):
        port = int((self.data_dir / "http.port").read_text())
        token = token or (self.data_dir / "token").read_text().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=timeout_s) as answer:
            return json.load(answer)

    def run_loactl(self, *args, timeout_s=60, env=None):
        """-> CompletedProcess, whatever the exit status"""
        return subprocess.run(
            [program("loactl"), *map(str, args)], capture_output=True, text=True,
            timeout=timeout_s, stdin=subprocess.DEVNULL,
            env={**os.environ, "LOA_CONFIG": str(self.config), "LC_ALL": "C.UTF-8",
                 **(env or {})})

    def loactl(self, *args, **kwargs):
        """-> stdout of a call that must succeed"""
        done = self.run_loactl(*args, **kwargs)
        assert done.returncode == 0, (f"loactl {' '.join(map(str, args))}: exit "
                                      f"{done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def loactl_json(self, *args, **kwargs):
        return json.loads(self.loactl(*args, "--json", **kwargs))

    def import_audio(self, path, title="Bản tin thử"):
        return self.loactl_json("import", path, "--title", title)["recording"]

    def play(self, recording, to="all", **options):
        extra = [x for k, v in options.items() for x in (f"--{k}", v)]
        return self.loactl_json("play", recording, "--to", to, *extra)["airing"]

    def log(self, *args):
        return self.loactl_json("log", *args)["entries"]

    def log_csv(self, *args):
        text = self.loactl("log", "--csv", *args)
        return list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))

    def wait_outcomes(self, airing, nodes=None, timeout_s=PATIENCE_S):
        """-> {node: outcome} once every node's outcome of @airing is in the ledger"""
        nodes = sorted(nodes or self.nodes)

        def all_there():
            entries = [e for e in self.log() if e["kind"] == "outcome" and e["airing"] == airing]
            have = {e["node"]: e for e in entries}
            assert len(have) == len(entries), f"an outcome stands twice: {entries}"
            return have if set(nodes) <= set(have) else None
        return wait_until(f"outcomes of {airing} from {', '.join(nodes)}", all_there, timeout_s,
                          every_s=0.1)

    def ready_of(self, airing):
        """-> {n, of, missing} of a planned airing"""
        for entry in self.api("GET", "/api/v1/status")["next"]:
            if entry["id"] == airing:
                return entry["ready"]
        raise AssertionError(f"{airing} is not among the next ones")

    def wait_all_ready(self, airing):
        def all_ready():
            ready = self.ready_of(airing)
            return ready["n"] == ready["of"]
        wait_until(f"everybody is ready for {airing}", all_ready, every_s=0.1)

    def stored_audio(self):
        """The path of the one stored recording."""
        found = sorted((self.data_dir / "audio").glob("*.opus"))
        assert len(found) == 1, found
        return found[0]

    # --- as the controller, or as somebody who would like to be it ----------------------------

    def site_key(self):
        return wire.Key((self.data_dir / "site.key").read_text().strip())

    def plan(self, group):
        """The newest plan seen for @group, as JSON."""
        return wire.peek_json(self.plan_message(group))

    def plan_message(self, group):
        topic = wire.topic("plan", SITE, group)
        return self.ear.wait(f"a plan for {group}", lambda m: m.topic == topic and m.payload) \
            and [m for m in self.ear.of(topic) if m.payload][-1].payload


def limit_file_size(size):
    """preexec: a disk that is full after @size bytes of one file."""
    def apply():
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return apply
