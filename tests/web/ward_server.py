# SPDX-License-Identifier: Apache-2.0
"""A ward for the page's tests: broker, controller and receivers of tests/support, asked by lines.

Reads one JSON array [verb, argument...] a line, writes one JSON object a line: {"ok": result} or
{"error": text}. Ends with its standard input, and everything it started ends with it.
"""
import json
import subprocess
import sys
import tempfile
import traceback
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

import sound  # noqa: E402
from ward import Ward  # noqa: E402

PASSWORD = "mat khau de nho"


class Server:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.ward = None

    # --- verbs -------------------------------------------------------------------------------

    def start(self, groups, users, options=None):
        """groups: {id: [receivers]}, users: {user: [roles, groups, name]} → the page's address"""
        self.ward = Ward(self.folder / "ward", groups, **(options or {}))
        self.ward.start(nodes=any(groups.values()))
        for user, about in users.items():
            self.add_user(user, *about)
        return {"url": self.address(), "password": PASSWORD, "folder": str(self.folder)}

    def add_user(self, user, roles, led=(), name=None):
        """An account as an administrator makes it, past its first change of password."""
        secret = self.folder / "password"
        secret.write_text(PASSWORD + "\n")
        extra = ["--group", ",".join(led)] if led else []
        extra += ["--name", name] if name else []
        self.ward.loactl("user", "add", user, "--role", ",".join(roles), *extra,
                         "--password-file", secret)

    def address(self):
        return f"http://127.0.0.1:{(self.ward.data_dir / 'http.port').read_text().strip()}/"

    def loactl(self, *args):
        return self.ward.loactl(*args)

    def api(self, method, path, body=None):
        return self.ward.api(method, "/api/v1" + path, body)

    def import_audio(self, path, title):
        return self.ward.import_audio(path, title)

    def play(self, recording, to="all", options=None):
        return self.ward.play(recording, to, **(options or {}))

    def played(self, recording, to="all"):
        """Airs it, and comes back when every receiver's outcome is in the ledger."""
        airing = self.ward.play(recording, to)
        groups = self.ward.groups if to == "all" else to.split(",")
        self.ward.wait_outcomes(airing, [n for g in groups for n in self.ward.groups[g]])
        return airing

    def write_audio(self, name, seconds, seed=1):
        """A WAV in which every moment can be told from every other → its path"""
        path = self.folder / name
        sound.write_wav(path, sound.babble(seconds, seed=seed))
        return str(path)

    def speak(self, name, words):
        """Words as espeak-ng says them → the WAV's path"""
        path = self.folder / name
        subprocess.run(["espeak-ng", "-v", "vi", "-s", "150", "-w", path, words], check=True)
        return str(path)

    def repeated(self, node, recording, path):
        """taken: which share of the WAV the recording holds (a browser's microphone is open a while
        before it is listened to); said: which share of that the receiver's loudspeaker said."""
        taken = self.follow_stored(recording, path)
        there = {p.media for p in taken if p.score >= sound.SAME}
        said = [p for p in self.ward.nodes[node].recording().follow(sound.decode(path))
                if p.media in there]
        return {"taken": sound.heard(taken), "said": sound.heard(said)}

    def said_parts(self, recording, path):
        """The same for one whose recorder was cut off, when the microphone's file began anew: for each
        time that its second second is there, how many seconds follow and how much of them is right."""
        stored, speech = self.stored_samples(recording), sound.decode(path)
        scores = sound.correlate(speech[sound.RATE:2 * sound.RATE], stored)
        places = []
        while scores.max() >= sound.SAME:
            best = int(scores.argmax())
            places.append(best)
            scores[max(0, best - sound.RATE):best + sound.RATE] = 0
        bounds = sorted(places) + [len(stored) + sound.RATE]
        return [{"seconds": (end - sound.RATE - at) / sound.RATE, "share": sound.heard(
            sound.Recording(stored[at:end - sound.RATE], None).follow(
                speech[sound.RATE:end - at - sound.RATE // 2]))}
                for at, end in zip(bounds, bounds[1:])]

    def follow_stored(self, recording, path):
        """Where the recording has each moment of the WAV: [Piece]"""
        return sound.Recording(self.stored_samples(recording), None).follow(sound.decode(path))

    def stored_samples(self, recording):
        stored = self.folder / "stored.opus"
        call = urllib.request.Request(
            f"{self.address()}api/v1/recordings/{recording}/audio",
            headers={"Authorization": f"Bearer {(self.ward.data_dir / 'token').read_text().strip()}"})
        with urllib.request.urlopen(call, timeout=20) as answer:
            stored.write_bytes(answer.read())
        return sound.decode_opus(stored)

    def said(self, recording, path):
        """How the recording holds what was spoken into the microphone: the share of the WAV from
        the first moment that is there to the last one, and the moments (s) where it jumps."""
        pieces = self.follow_stored(recording, path)
        there = [i for i, piece in enumerate(pieces) if piece.score >= sound.SAME]
        span = pieces[there[0]:there[-1] + 1] if there else []
        return {"seconds": len(span) * sound.BLOCK / sound.RATE, "share": sound.heard(span),
                "jumps": [round(media / sound.RATE, 1) for media, _ in sound.jumps(span, 0.02)]}

    def stop_node(self, node):
        self.ward.nodes[node].kill()

    def restart_controller(self):
        self.ward.controller.kill()
        self.ward.start_controller()
        return self.address()

    def log_tail(self):
        return "\n".join(f"--- {p.name}\n" + "\n".join(
            p.read_text(errors="replace").splitlines()[-30:]) for p in self.ward.logs())


def main():
    with tempfile.TemporaryDirectory(prefix="loa-page-") as folder:
        server = Server(folder)
        try:
            for line in sys.stdin:
                verb, *args = json.loads(line)
                try:
                    answer = {"ok": getattr(server, verb)(*args)}
                except Exception as error:  # told to the test, which fails by it
                    answer = {"error": f"{verb}: {error}", "trace": traceback.format_exc()}
                print(json.dumps(answer), flush=True)
        finally:
            if server.ward:
                server.ward.close()


if __name__ == "__main__":
    main()
