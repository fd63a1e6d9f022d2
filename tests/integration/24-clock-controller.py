# SPDX-License-Identifier: Apache-2.0
"""Site time: the controller is followed, a stranger is not, and without time nothing sounds."""
import socket
import threading
import time

import pytest
import wire
from process import wait_until
from ward import SITE


class FalseClock:
    """Answers every question for the time with an hour that is wrong, in the controller's name."""

    def __init__(self, key, shift_s=3600):
        self.key = key
        self.shift_ns = int(shift_s * 1e9)
        self.n_asked = 0
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%u" % self._socket.getsockname()[1]
        self._socket.settimeout(0.1)
        self.is_closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        while not self.is_closing:
            try:
                data, sender = self._socket.recvfrom(512)
            except TimeoutError:
                continue
            self.n_asked += 1
            now_ns = time.time_ns() + self.shift_ns
            self._socket.sendto(wire.encode_time_answer(SITE, self.key, wire.decode_time_ask(data),
                                                        now_ns, now_ns), sender)

    def close(self):
        self.is_closing = True
        self._thread.join()
        self._socket.close()


@pytest.fixture
def false_clock():
    clocks = []

    def make(key, **options):
        clocks.append(FalseClock(key, **options))
        return clocks[-1]
    yield make
    for clock in clocks:
        if not clock.is_closing:
            clock.close()


def kernel_is_synced(state):
    return state["clock"]["source"] == "system" and state["clock"]["state"] == "synced"


def test_a_receiver_follows_the_controller_and_says_how_well(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    node = ward.nodes["cum-1"].write_config(trust_system=False).start()
    state = node.wait_state("follows the controller", lambda s: s["clock"]["source"] == "controller",
                            timeout_s=5)
    assert state["clock"]["state"] == "synced"
    assert 0 < state["clock"]["bound_us"] < 20000
    wait_until("the office sees it", lambda: [n["clock"]["source"] for n in
               ward.loactl_json("status")["nodes"]] == ["controller"], every_s=0.1)
    outcome = ward.wait_outcomes(ward.play(ward.import_audio(make_audio(2, seed=241))))["cum-1"]
    assert outcome["result"] == "completed", outcome
    assert outcome["clock"]["source"] == "controller"
    assert 0 < outcome["clock"]["bound_us"] < 20000


def test_a_strangers_time_is_reported_and_not_believed(make_ward, make_audio, false_clock):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    clock = false_clock(wire.Key())
    node = ward.nodes["cum-1"].write_config(time=clock.address).start()
    state = node.wait_state("says that it refused", lambda s: s["n_refused"] >= 10)
    assert state["clock"]["source"] == "system"
    assert abs(state["at_us"] / 1e6 - time.time()) < 5
    outcome = ward.wait_outcomes(ward.play(ward.import_audio(make_audio(1, seed=242))))["cum-1"]
    assert outcome["result"] == "completed", outcome
    assert clock.n_asked >= 10
    # One that goes on and on is told each minute; one that ends, soon after.
    clock.close()
    events = wait_until("the event is in the ledger",
                        lambda: [e for e in ward.log("--events") if e["kind"] == "security"], every_s=0.1)
    assert {(e["node"], e["code"], e["topic"]) for e in events} == \
        {("cum-1", "time", f"loa/{SITE}/time")}
    assert sum(e["count"] for e in events) >= 10


def test_who_has_the_key_is_believed(make_ward, false_clock):
    """The other side of the coin: an hour ahead, signed, is the site's time."""
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False)
    clock = false_clock(ward.site_key())
    node = ward.nodes["cum-1"].write_config(time=clock.address, trust_system=False)
    node.start(wait=False)
    state = node.wait_state("follows it", lambda s: s["clock"]["source"] == "controller")
    assert abs(state["at_us"] / 1e6 - time.time() - 3600) < 5


def test_without_time_nothing_is_played_and_both_sides_say_so(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False, trust_system=False)
    node = ward.nodes["cum-1"].write_config(trust_system=False).start()
    state = node.wait_state("says how its clock is", lambda s: s["online"])
    if kernel_is_synced(state):
        pytest.skip("the kernel of this machine says its clock is synchronised")
    assert state["clock"] == {"state": "untrusted", "source": "none", "bound_us": -1}
    assert "trust_system" in ward.loactl("status")
    airing = ward.play(ward.import_audio(make_audio(1, seed=243)))
    outcome = ward.wait_outcomes(airing)["cum-1"]
    assert outcome["result"] == "refused", outcome
    assert outcome["reason"].startswith("clock"), outcome
    assert node.recording().is_silent()


def test_when_the_controller_gets_its_time_the_receivers_have_it(make_ward, make_audio):
    ward = make_ward({"to-1": ["cum-1"]}, nodes=False, trust_system=False)
    node = ward.nodes["cum-1"].write_config(trust_system=False).start()
    state = node.wait_state("says how its clock is", lambda s: s["online"])
    if kernel_is_synced(state):
        pytest.skip("the kernel of this machine says its clock is synchronised")
    ward.controller.kill()
    ward.trust_system = True
    ward.start_controller()
    node.wait_state("is in step", lambda s: s["clock"]["source"] == "controller", timeout_s=20)
    outcome = ward.wait_outcomes(ward.play(ward.import_audio(make_audio(1, seed=244))))["cum-1"]
    assert outcome["result"] == "completed", outcome
