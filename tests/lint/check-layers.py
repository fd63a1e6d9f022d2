# SPDX-License-Identifier: Apache-2.0
"""House rules that a script can keep. Prints FILE:LINE: sentence for every breach, exits 1.

Run from the top of the tree (make lint).
"""
import re
import sys
from pathlib import Path

# Who may include whom: a folder, and what lies below it.
MAY_INCLUDE = {
    "common": {"common"},
    "wire": {"wire", "common"},
    "audio": {"audio", "wire", "common"},
    "schedules": {"schedules", "common"},
    "controller": {"controller", "schedules", "audio", "wire", "common"},
    "node": {"node", "audio", "wire", "common"},
}

# Within controller/ as well: who is above whom. What lies in controller/ itself may see everything,
# and of it the others see only these plain values.
CONTROLLER_VALUES = {"caller.h", "rights.h", "on-air.h", "config-reader.h", "controller-config.h"}
MAY_INCLUDE_WITHIN = {
    "store": set(),
    "reader": set(),
    "receivers": {"store"},
    "studio": {"store"},
    "plan": {"store", "receivers"},
    "proof": {"store", "receivers"},
    "office": {"store", "reader", "receivers", "studio", "plan", "proof"},
    "access": {"store", "office"},
    "web": {"office", "access"},
    "loactl": {"office", "proof", "access"},
}

# The one home of every third-party library: header, folders, file names in them, sentence.
HOMES = [
    (r"MQTT(Async|Client)\w*\.h", {"wire"}, r"mqtt-link\.c",
     "Paho belongs in wire/mqtt-link.c"),
    (r"sqlite3\.h", {"controller", "node"}, r"(store|ledger|journal).*\.[ch]",
     "SQLite belongs in a store, the ledger or the journal"),
    (r"libconfig\.h", {"schedules", "controller", "node"}, r".*config.*\.[ch]|schedule-file.*\.[ch]",
     "libconfig belongs in a configuration or schedule reader"),
    (r"(gst/.*|opus.*|ogg/.*|ebur128|samplerate)\.h", {"audio"}, r".*",
     "GStreamer, Opus and loudness belong in audio/"),
    (r"sodium.*\.h", {"wire", "controller"}, r"(keys|envelope|time-packet|password)\.c",
     "libsodium belongs in wire/ and controller/access/password.c"),
    (r"gnutls/.*\.h", {"controller"}, r"certificate\.c", "GnuTLS belongs in controller/certificate.c"),
    (r"libical/.*\.h", {"schedules"}, r".*", "libical belongs in schedules/"),
    (r"libnova/.*\.h", {"schedules"}, r".*", "libnova belongs in schedules/"),
    (r"libsoup/.*\.h", {"controller", "node"}, r"(web|loactl).*\.[ch]|.*fetch.*\.[ch]",
     "libsoup belongs in controller/web/, controller/loactl/ and the node's fetcher"),
]

# gst_init() belongs to a program's first lines.
EXCEPTIONS = {("node/loa-node.c", "gst/gst.h")}

# Which field of a call runs on a foreign thread, and the suffix its function must then have.
FOREIGN_THREAD = [
    (re.compile(r"\.(?:onSuccess|onFailure)\s*=\s*(\w+)"), "_paho"),
    (re.compile(r"MQTTAsync_setCallbacks\([^;]*?,\s*(\w+),\s*(\w+),\s*(\w+)\)", re.S), "_paho"),
    (re.compile(r"MQTTAsync_set(?:Connected|Disconnected)\([^;]*?,\s*(\w+)\)", re.S), "_paho"),
    (re.compile(r"g_thread_(?:try_)?new\([^,]+,\s*(\w+)"), "_worker"),
    (re.compile(r"g_task_run_in_thread(?:_sync)?\([^,]+,\s*(\w+)"), "_worker"),
    (re.compile(r"gst_pad_add_probe\([^;]*?,\s*(\w+),[^,;]+,[^,;]+\)", re.S), "_stream"),
    (re.compile(r"gst_bus_set_sync_handler\([^,]+,\s*(\w+)"), "_stream"),
]
# What stands for "no callback" in these places.
NO_CALLBACK = {"NULL"}

MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|root|home/(?!loa\b)\w+|Users)/")
SLEEP = re.compile(r"\b(?:g_usleep|usleep|nanosleep|time\.sleep|sleep)\s*\(")

CARRIES_LICENCE = {".c", ".h", ".py", ".sh", ".mk", ".js", ".mjs", ".css", ".html", ".service",
                   ".conf", ".cfg", ".ini", ".supp", ".1", ".5", ".8"}
CARRIES_LICENCE_BY_NAME = {"Makefile", "run"}
LEAVE_OUT = re.compile(r"^(\.git|build[^/]*)(/|$)|__pycache__|^tests/(fuzz/corpus|vectors)/")


def strip_comments(text):
    """C text without comments and string contents, line numbers kept."""
    def blank(match):
        piece = match.group(0)
        if piece.startswith('"') or piece.startswith("'"):
            return piece[0] + " " * (len(piece) - 2) + piece[-1]
        return re.sub(r"[^\n]", " ", piece)
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', blank, text,
                  flags=re.S)


class Check:
    def __init__(self):
        self.faults = []

    def fault(self, path, line, sentence):
        self.faults.append(f"{path}:{line}: {sentence}")

    def licence(self, path, text):
        if path.suffix not in CARRIES_LICENCE and path.name not in CARRIES_LICENCE_BY_NAME:
            return
        head = text.split("\n", 3)[:3]
        if not any("SPDX-License-Identifier: Apache-2.0" in line for line in head):
            self.fault(path, 1, "the licence line (SPDX-License-Identifier) is missing")

    def machine(self, path, text):
        if path.parts[:2] == ("tests", "lint"):
            return
        for number, line in enumerate(text.split("\n"), 1):
            if MACHINE_PATH.search(line):
                self.fault(path, number, "a path of one machine")

    def includes(self, path, text):
        folder = path.parts[0]
        tested = None
        if folder == "tests":
            match = re.match(r"(?:test|fuzz)-([a-z]+)-", path.name)
            tested = match.group(1) if match else None
        allowed = MAY_INCLUDE.get(tested or folder)
        for match in re.finditer(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', text, re.M):
            line = text.count("\n", 0, match.start(2)) + 1
            kind, name = match.groups()
            if kind == '"' and "/" in name:
                of = name.split("/")[0]
                if allowed is not None and of in MAY_INCLUDE and of not in allowed:
                    self.fault(path, line, f"{tested or folder}/ may not include {name}")
                self.within_controller(path, line, name)
            elif kind == '"' and folder != "tests":
                self.fault(path, line, f'include "{name}" by its path from the top')
            for header, folders, names, sentence in HOMES:
                # What no single folder's test is (a bench, a helper header) sees what it needs.
                if folder == "tests" and not tested:
                    break
                if not re.fullmatch(header, name) or (str(path), name) in EXCEPTIONS:
                    continue
                # A test may look into its own folder's library, e.g. to damage a database.
                if (tested or folder) not in folders or not (
                        tested or re.fullmatch(names, path.name)):
                    self.fault(path, line, f"{name}: {sentence}")

    def within_controller(self, path, line, name):
        part, of = path.parts[1:-1], name.split("/")[1:]
        if path.parts[0] != "controller" or name.split("/")[0] != "controller" or not part:
            return
        allowed = MAY_INCLUDE_WITHIN[part[0]] | {part[0]}
        if of[0] not in (CONTROLLER_VALUES if len(of) == 1 else allowed):
            self.fault(path, line, f"controller/{part[0]}/ may not include {name}")

    def switches(self, path, code):
        """`default:` hides a new value of our own enum from the compiler."""
        stack, pending = [], False
        for match in re.finditer(r"\bswitch\b|\bcase\s+(\w+)|\bdefault\s*:|[{};]", code):
            token = match.group(0)
            if token == "switch":
                pending = True
            elif token == "{":
                stack.append({"own": False, "default": None} if pending else None)
                pending = False
            elif token == "}":
                top = stack.pop() if stack else None
                if top and top["own"] and top["default"]:
                    self.fault(path, top["default"], "default: in a switch on our own enum")
            elif token.startswith("case"):
                for top in reversed(stack):
                    if top:
                        top["own"] |= bool(re.match(r"LOA_", match.group(1)))
                        break
            elif token.startswith("default"):
                for top in reversed(stack):
                    if top:
                        top["default"] = code.count("\n", 0, match.start()) + 1
                        break

    def threads(self, path, code):
        for pattern, suffix in FOREIGN_THREAD:
            for match in pattern.finditer(code):
                for name in match.groups():
                    if name not in NO_CALLBACK and not name.endswith(suffix):
                        line = code.count("\n", 0, match.start()) + 1
                        self.fault(path, line, f"{name} runs on a foreign thread: "
                                               f"its name must end in {suffix}")

    def words(self, path, code, text):
        lines = text.split("\n")
        for number, line in enumerate(code.split("\n"), 1):
            if re.search(r"\bgoto\b", line):
                self.fault(path, number, "no goto: g_autoptr and early return")
            if path.parts[0] == "tests" and SLEEP.search(line) \
                    and "not a wait" not in lines[number - 1]:
                self.fault(path, number, "a test waits for events, it does not sleep")

    def file(self, path):
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return
        self.licence(path, text)
        self.machine(path, text)
        if path.suffix in {".c", ".h"}:
            code = strip_comments(text)
            self.includes(path, text)
            self.switches(path, code)
            self.threads(path, code)
            self.words(path, code, text)
        elif path.suffix == ".py" and path.parts[:2] != ("tests", "lint"):
            self.words(path, re.sub(r"#.*", "", text), text)


def main():
    check = Check()
    files = sorted(p for p in Path(".").rglob("*")
                   if p.is_file() and not p.is_symlink() and not LEAVE_OUT.search(str(p)))
    for path in files:
        check.file(path)
    for fault in check.faults:
        print(fault)
    return 1 if check.faults else 0


if __name__ == "__main__":
    sys.exit(main())
