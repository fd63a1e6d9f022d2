# SPDX-License-Identifier: Apache-2.0
"""Controller and broker are gone: what is planned plays from the disk, on time, once, and is told later."""
import re
import time

import pytest
import sound
from process import wait_until
from ward import in_seconds

LEAD_S = 9


def planned(make_ward, make_audio, seconds, seed, lead_s=LEAD_S, **options):
    ward = make_ward({"to-1": ["cum-1"]}, stored=True, nodes=False)
    node = ward.nodes["cum-1"].write_config(**options).start()
    airing = ward.play(ward.import_audio(make_audio(seconds, seed=seed)), at=in_seconds(lead_s))
    ward.wait_all_ready(airing)
    return ward, node, airing, ward.plan("to-1")["airings"][0]["start_us"] / 1e6


def lose_the_network(ward):
    ward.controller.kill()
    ward.broker.kill()


def bring_it_back(ward):
    ward.broker.start()
    ward.start_controller(wait=False)
    ward.wait_controller()


def wait_past(site_s):
    wait_until("that moment is over", lambda: time.time() > site_s, timeout_s=30, every_s=0.1)


def assert_on_time(ward, node, start_s, first_s=0.0, within_s=0.02):
    """What was heard was at its place; -> share of the recording that was heard"""
    pieces = node.recording().follow(sound.decode_opus(ward.stored_audio()))
    good = [p for p in pieces if p.score >= sound.SAME]
    for p in good:
        error = node.recording().site_s(p.at) - start_s - p.media / sound.RATE
        assert abs(error) < within_s, f"{p.media / 48000:.1f} s sounded {error * 1000:.0f} ms off"
    assert sound.jumps(pieces) == []
    assert not good or good[0].media / sound.RATE >= first_s
    return sound.heard(pieces)


@pytest.mark.takes(19)
def test_it_plays_from_the_disk_and_reports_when_they_return(make_ward, make_audio):
    ward, node, airing, start_s = planned(make_ward, make_audio, 4, 221)
    lose_the_network(ward)
    node.kill()
    node.start(wait=False)
    wait_past(start_s + 4.8)
    # ... and once more, with the outcome on the disk alone
    node.kill()
    node.start(wait=False)
    bring_it_back(ward)
    outcome = ward.wait_outcomes(airing, timeout_s=30)["cum-1"]
    assert outcome["result"] == "completed", outcome
    assert outcome["lost_ms"] == outcome["concealed_ms"] == 0
    assert assert_on_time(ward, node, start_s) == 1.0
    wait_until("nothing is left to report",
               lambda: ward.api("GET", "/api/v1/status")["nodes"][0]["unreported"] == 0)
    assert len(node.outcomes()) == 1


@pytest.mark.takes(17)
def test_its_own_time_holds_over_a_restart(make_ward, make_audio):
    """Nobody vouches for this machine's clock: what was learned from the controller must do."""
    ward, node, airing, start_s = planned(make_ward, make_audio, 3, 222, trust_system=False)
    node.wait_state("follows the controller", lambda s: s["clock"]["source"] == "controller")
    lose_the_network(ward)
    assert node.process.terminate() == 0
    node.start(wait=False)
    wait_past(start_s + 3.8)
    bring_it_back(ward)
    outcome = ward.wait_outcomes(airing, timeout_s=30)["cum-1"]
    assert outcome["result"] == "completed", outcome
    if outcome["clock"]["source"] != "system":  # a kernel that is in step itself
        assert outcome["clock"]["state"] == "holdover", outcome
        assert 0 < outcome["clock"]["bound_us"] < 100000
    assert assert_on_time(ward, node, start_s) == 1.0


@pytest.mark.takes(23)
def test_a_battery_clock_bridges_a_reboot(make_ward, make_audio, folder):
    """As above, but the machine was off: its monotonic clock began anew. A battery clock ran on."""
    rtc = folder / "rtc0"
    rtc.mkdir()

    def tick():
        (rtc / "since_epoch").write_text(f"{int(time.time())}\n")
    tick()
    ward, node, airing, start_s = planned(make_ward, make_audio, 3, 225, lead_s=12,
                                          trust_system=False, battery=rtc)
    node.wait_state("follows the controller", lambda s: s["clock"]["source"] == "controller")
    lose_the_network(ward)
    tick()
    assert node.process.terminate() == 0
    kept = node.data_dir / "clock"
    kept.write_text(re.sub(r"(?m)^boot=.*$", "boot=of-yesterday", kept.read_text()))
    tick()
    node.start(wait=False)
    wait_past(start_s + 6)
    bring_it_back(ward)
    outcome = ward.wait_outcomes(airing, timeout_s=30)["cum-1"]
    assert outcome["result"] == "completed", outcome
    if outcome["clock"]["source"] != "system":  # a kernel that is in step itself
        assert (outcome["clock"]["state"], outcome["clock"]["source"]) == ("holdover", "battery")
        assert 1_000_000 < outcome["clock"]["bound_us"] < 3_000_000
    assert assert_on_time(ward, node, start_s, within_s=1.1) == 1.0


@pytest.mark.takes(19)
def test_one_that_comes_up_late_joins_in_its_place(make_ward, make_audio):
    ward, node, airing, start_s = planned(make_ward, make_audio, 8, 223, lead_s=6)
    lose_the_network(ward)
    node.kill()
    wait_past(start_s + 3)
    node.start(wait=False)
    wait_past(start_s + 8.8)
    bring_it_back(ward)
    outcome = ward.wait_outcomes(airing, timeout_s=30)["cum-1"]
    assert (outcome["result"], outcome["reason"]) == ("partial", "power"), outcome
    share = assert_on_time(ward, node, start_s, first_s=2.9)
    assert 0.3 < share < 0.66, share
    assert abs(outcome["heard_ms"] / outcome["duration_ms"] - share) < 0.05


@pytest.mark.takes(11)
def test_one_that_comes_up_after_the_end_has_missed_it(make_ward, make_audio):
    ward, node, airing, start_s = planned(make_ward, make_audio, 2, 224, lead_s=6)
    lose_the_network(ward)
    node.kill()
    wait_past(start_s + 3)
    node.start(wait=False)
    bring_it_back(ward)
    outcome = ward.wait_outcomes(airing, timeout_s=30)["cum-1"]
    assert (outcome["result"], outcome["reason"]) == ("missed", "power"), outcome
    assert node.recording().is_silent()
