# SPDX-License-Identifier: Apache-2.0
"""From the Chairman's telephone to the pole: pieces, approval, masters, two people."""
import subprocess
import wave

import pytest
import sound
from visitor import Visitor, add_user
from process import wait_until

PHRASE, EXERCISE = "KHẨN CẤP", "DIỄN TẬP"


@pytest.fixture
def ward(make_ward):
    return make_ward({"to-1": ["cum-1"]})


@pytest.fixture
def lan(ward):
    add_user(ward, "lan", "operator")
    return Visitor(ward, "lan")


@pytest.fixture
def ha(ward):
    add_user(ward, "ha", "approver")
    return Visitor(ward, "ha")


def wait_job(visitor, job):
    """The recording that it made."""
    def over():
        state = visitor.call("GET", f"/jobs/{job}").json
        return state if state["state"] in ("done", "failed") else None

    state = wait_until(f"job {job}", over, 40)
    assert state["state"] == "done", state
    return state["recording"]


def telephone(folder, wav, mux, encoder, ending):
    """What a browser's recorder says, in one go."""
    path = folder / f"take.{ending}"
    subprocess.run(["gst-launch-1.0", "-q", "filesrc", f"location={wav}", "!", "wavparse", "!",
                    "audioconvert", "!", "audioresample", "!", *encoder, "!", *mux, "!", "filesink",
                    f"location={path}"], check=True, timeout=30)
    return path.read_bytes()


def pieces(data, n):
    size = len(data) // n + 1
    return [data[i:i + size] for i in range(0, len(data), size)]


def send(visitor, take, seq, piece, mime):
    return visitor.call("POST", f"/takes/{take}/chunk?seq={seq}", body=piece,
                        headers={"Content-Type": mime})


FORMS = {
    "webm": ("audio/webm;codecs=opus", ["webmmux", "streamable=true"],
             ["audio/x-raw,rate=48000,channels=1", "!", "opusenc"]),
    "mp4": ("audio/mp4", ["mp4mux", "fragment-duration=1000", "streamable=true"],
            ["audio/x-raw,rate=48000,channels=1", "!", "avenc_aac"]),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_take_survives_a_lost_connection_and_a_restart(ward, ha, make_audio, folder, form):
    mime, mux, encoder = FORMS[form]
    wav = make_audio(4, seed=43)
    said = pieces(telephone(folder, wav, mux, encoder, form), 7)
    begun = ha.call("POST", "/takes", {"title": "Chúc Tết", "mime": mime})
    assert begun.status == 201, begun.body
    take = begun.json["take"]
    for seq, piece in enumerate(said[:4]):
        assert send(ha, take, seq, piece, mime).json == {"next": seq + 1}
    # the answer to the last one was lost on the way: it is sent again
    assert send(ha, take, 3, said[3], mime).json == {"next": 4}
    assert send(ha, take, 6, said[6], mime).status == 409

    ward.controller.kill()
    ward.start_controller()
    ha = Visitor(ward, "ha")
    (open_take,) = ha.call("GET", "/takes").json["takes"]
    assert (open_take["take"], open_take["next"], open_take["state"]) == (take, 4, "recording")
    for seq, piece in enumerate(said[4:], 4):
        assert send(ha, take, seq, piece, mime).json == {"next": seq + 1}
    finished = ha.call("POST", f"/takes/{take}/finish", {})
    assert finished.status == 202, finished.body
    recording = wait_job(ha, finished.json["job"])
    assert ha.call("GET", f"/takes/{take}").json["recording"] == recording
    assert ha.call("GET", "/takes").json["takes"] == []
    about = ha.call("GET", f"/recordings/{recording}").json
    assert about["state"] == "draft" and abs(about["duration_ms"] - 4000) < 600, about


@pytest.mark.parametrize("form", FORMS)
def test_a_take_that_was_gone_on_with_is_joined_into_one_recording(ward, ha, make_audio, folder, form):
    """The first recorder was cut off in mid-block; another one begins a file of its own."""
    mime, mux, encoder = FORMS[form]
    spoken = [make_audio(4, seed=47), make_audio(3, seed=48)]
    first = telephone(folder, spoken[0], mux, encoder, form)
    second = telephone(folder, spoken[1], mux, encoder, form)
    if form == "webm":
        first = first[:-40]  # of an mp4, a fragment that is cut is lost whole
    take = ha.call("POST", "/takes", {"title": "Chúc Tết", "mime": mime}).json["take"]
    seq = 0
    for n, said in enumerate((first, second)):
        for at, piece in enumerate(pieces(said, 4)):
            begins = "&begins=1" if n == 1 and at == 0 else ""
            for _ in "twice":  # the first answer may have been lost
                answer = ha.call("POST", f"/takes/{take}/chunk?seq={seq}{begins}", body=piece,
                                 headers={"Content-Type": mime})
                assert answer.json == {"next": seq + 1}, answer.body
            seq += 1
    assert ha.call("GET", f"/takes/{take}").json["parts"] == 2
    ward.controller.kill()
    ward.start_controller()
    ha = Visitor(ward, "ha")
    recording = wait_job(ha, ha.call("POST", f"/takes/{take}/finish", {}).json["job"])
    about = ha.call("GET", f"/recordings/{recording}").json
    stored = sound.Recording(sound.decode_opus(ward.data_dir / "audio" / f"{about['sha256']}.opus"), None)
    ends = 0
    for wav in spoken:  # one after the other
        found = stored.follow(sound.decode(wav))
        assert sound.heard(found) > 0.9, sound.heard(found)
        good = [p.at for p in found if p.score >= sound.SAME]
        assert min(good) >= ends and sound.jumps(found) == []
        ends = max(good)
    # The bytes that came in are kept as they came; the approval is of what was joined.
    assert ha.call("GET", f"/recordings/{recording}/original").body == first + second
    approved = ha.call("POST", f"/recordings/{recording}/approve", {"sha256": about["sha256"]})
    assert approved.json["approved"]["sha256"] == about["sha256"]


def test_nothing_airs_before_somebody_who_may_has_approved_it(ward, lan, ha, bulletin):
    sent = lan.call("POST", "/recordings?title=B%E1%BA%A3n%20tin&kind=tin", bulletin.read_bytes(),
                    {"Content-Type": "audio/wav"})
    recording = wait_job(lan, sent.json["job"])
    wish = {"recording": recording, "to": "all"}
    refused = lan.call("POST", "/play", wish)
    assert refused.status == 409 and "approve" in refused.sentence
    lan.call("POST", f"/recordings/{recording}/submit", {})
    waiting = ha.call("GET", "/recordings?state=submitted").json["recordings"]
    assert [r["id"] for r in waiting] == [recording]
    heard = ha.call("GET", f"/recordings/{recording}/audio")
    assert heard.headers["Content-Type"] == "audio/ogg"
    sha256 = waiting[0]["sha256"]
    stored = ward.data_dir / "audio" / f"{sha256}.opus"
    assert heard.body == stored.read_bytes()
    assert lan.call("POST", f"/recordings/{recording}/approve", {"sha256": sha256}).status == 403
    approved = ha.call("POST", f"/recordings/{recording}/approve", {"sha256": sha256})
    assert approved.json["approved"]["by"] == "ha", approved.body
    airing = lan.call("POST", "/play", wish).json["airing"]
    outcome = ward.wait_outcomes(airing)["cum-1"]
    assert outcome["result"] == "completed"


def test_masters_and_the_waveform_are_of_what_is_played(ward, lan, make_audio, folder):
    wav = make_audio(3, seed=44)
    recording = ward.import_audio(wav)
    mp3 = lan.call("GET", f"/recordings/{recording}/master.mp3")
    assert mp3.status == 200 and mp3.headers["Content-Type"] == "audio/mpeg"
    assert "attachment" in mp3.headers["Content-Disposition"]
    whole = lan.call("GET", f"/recordings/{recording}/master.wav")
    assert whole.status == 200
    path = folder / "master.wav"
    path.write_bytes(whole.body)
    with wave.open(str(path)) as master:
        assert (master.getframerate(), master.getnchannels(), master.getsampwidth()) == (48000, 1, 2)
        assert abs(master.getnframes() / 48000 - 3.0) < 0.1
    peaks = lan.call("GET", f"/recordings/{recording}/waveform").json
    assert abs(peaks["duration_ms"] - 3000) < 100 and 100 < len(peaks["peaks"]) <= 1000
    assert max(peaks["peaks"]) > 20
    ranged = lan.call("GET", f"/recordings/{recording}/master.mp3",
                      headers={"Range": "bytes=0-99"})
    assert ranged.status == 206 and len(ranged.body) == 100


def test_an_emergency_takes_two_and_an_exercise_sounds_different(ward, lan, ha, make_audio):
    recording = ward.import_audio(make_audio(2, seed=45), title="Lũ về")
    alone = ha.call("POST", "/play", {"recording": recording, "to": "all", "class": "emergency"})
    assert alone.status == 409
    asked = lan.call("POST", "/emergencies", {"recording": recording, "to": "all", "exercise": False})
    assert asked.status == 201, asked.body
    request = asked.json["id"]
    wrong = ha.call("POST", f"/emergencies/{request}/confirm", {"exercise": False, "phrase": EXERCISE})
    assert wrong.status == 400
    aired = ha.call("POST", f"/emergencies/{request}/confirm", {"exercise": False, "phrase": PHRASE})
    assert aired.json["state"] == "aired", aired.body
    outcome = ward.wait_outcomes(aired.json["airing"])["cum-1"]
    assert outcome["result"] == "completed"


def test_a_receiver_announces_an_exercise_before_and_after_it(ward, lan, ha, make_audio):
    recording = ward.import_audio(make_audio(3, seed=46), title="Lũ về")
    asked = lan.call("POST", "/emergencies", {"recording": recording, "to": "all", "exercise": True})
    assert asked.status == 201, asked.body
    path = f"/emergencies/{asked.json['id']}/confirm"

    def confirmed():
        answer = ha.call("POST", path, {"exercise": True, "phrase": EXERCISE})
        assert answer.status in (200, 503), answer.body  # 503: its announcement is being spoken
        return answer.json if answer.status == 200 else None

    aired = wait_until("the exercise is confirmed", confirmed, 40)
    outcome = ward.wait_outcomes(aired["airing"])["cum-1"]
    assert (outcome["result"], outcome["class"]) == ("completed", "priority")
    wait_until("all three parts are in the log", lambda: len(exercise_lines(ward)) == 3, 40)
    assert [e["result"] for e in exercise_lines(ward)] == ["completed"] * 3
    (said,) = [r for r in ward.api("GET", "/api/v1/recordings")["recordings"]
               if "diễn tập" in (r.get("text") or "")]
    titles = [f"DIỄN TẬP: {said['title']}", "DIỄN TẬP: Lũ về", f"DIỄN TẬP: {said['title']}"]
    assert [e["title"] for e in sorted(exercise_lines(ward), key=lambda e: e["planned_us"])] == titles

    # What left the loudspeaker: the announcement, what is exercised, and the announcement again.
    def rendered(sha256):
        return sound.decode_opus(ward.data_dir / "audio" / f"{sha256}.opus")
    announcement = rendered(said["sha256"])
    content = rendered(ward.api("GET", f"/api/v1/recordings/{recording}")["sha256"])
    played = ward.nodes["cum-1"].recording()
    middle = played.follow(content)
    assert sound.heard(middle) > 0.9, sound.heard(middle)
    begins = min(p.at for p in middle if p.score >= sound.SAME)
    for part in (played.samples[:begins], played.samples[begins + len(content):]):
        around = sound.Recording(part, played.due).follow(announcement)
        assert sound.heard(around) > 0.9, sound.heard(around)

    # The logbook of the people calls it by that name, too.
    day_us = 86400_000_000
    book = ward.api("GET", f"/api/v1/logbook?from_us={aired['decided_us'] - day_us}"
                           f"&to_us={aired['decided_us'] + day_us}")["airings"]
    assert sorted(a["title"] for a in book) == sorted(titles)


def exercise_lines(ward):
    return [e for e in ward.log() if e["kind"] == "outcome" and e["title"].startswith("DIỄN TẬP: ")]
