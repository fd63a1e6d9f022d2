# SPDX-License-Identifier: Apache-2.0
"""The broker's configuration that is shipped: it lets the site work, and nobody else."""
import subprocess

import pytest
import wire
from mqtt import Listener
from process import Process, Timeout
from ward import SITE, TOP, free_port

PASSWORDS = {"controller": "mat-khau-1", "cum-1": "mat-khau-2", "cum-2": "mat-khau-3"}


@pytest.fixture
def shipped(folder):
    """Lines of the shipped configuration, with this test's paths and passwords."""
    acl = (TOP / "packaging/mosquitto/loa.acl").read_text().replace("phuong-mau", SITE)
    # The test's own ear hears everything.
    (folder / "loa.acl").write_text(acl + "\nuser tai\ntopic read loa/#\n")
    passwd = folder / "loa.passwd"
    passwd.touch()
    for user, password in {**PASSWORDS, "tai": "tai"}.items():
        subprocess.run(["mosquitto_passwd", "-b", passwd, user, password], check=True,
                       capture_output=True)
    lines = [line for line in (TOP / "packaging/mosquitto/loa.conf").read_text().splitlines()
             if line and not line.startswith(("#", "listener"))]
    return ("\n".join(lines) + "\n").replace("/etc/mosquitto", str(folder))


def test_the_shipped_broker_configuration_carries_an_airing(make_ward, make_audio, shipped):
    ward = make_ward({"to-1": ["cum-1", "cum-2"]}, broker_extra=shipped, passwords=PASSWORDS,
                     ear=("tai", "tai"))
    airing = ward.play(ward.import_audio(make_audio(2, seed=131)))
    outcomes = ward.wait_outcomes(airing)
    assert {o["result"] for o in outcomes.values()} == {"completed"}, outcomes
    assert not ward.nodes["cum-1"].recording().is_silent()

    # One receiver's password is no way to another's voice, nor to the controller's.
    mole = Listener(ward.broker.port, username="cum-1", password=PASSWORDS["cum-1"])
    before = ward.ear.count()
    for topic in (wire.topic("plan", SITE, "to-1"), wire.topic("state", SITE, "cum-2"),
                  wire.topic("ack", SITE, "cum-1")):
        mole.publish(topic, b"xxx", retain=True)
    mole.publish(wire.topic("state", SITE, "cum-1"), b"marker")
    ward.ear.wait("what it may say", lambda m: m.payload == b"marker", after=before)
    assert not [m for m in ward.ear.messages[before:] if m.payload == b"xxx"]
    mole.close()


def test_it_starts_beside_the_settings_of_debian(folder, shipped):
    """mosquitto refuses a setting that stands twice, and Debian's own file has some already."""
    included = folder / "conf.d"
    included.mkdir()
    port = free_port()
    text = (TOP / "packaging/mosquitto/loa.conf").read_text()
    (included / "loa.conf").write_text(text.replace("/etc/mosquitto", str(folder))
                                       .replace("listener 1883", f"listener {port}"))
    main = folder / "mosquitto.conf"
    main.write_text(f"user root\npid_file {folder}/mosquitto.pid\npersistence true\n"
                    f"persistence_location {folder}/\nlog_dest stderr\n"
                    f"include_dir {included}\n")
    broker = Process("broker", ["mosquitto", "-c", main], folder / "broker.log",
                     env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"})
    broker.wait_log(r"mosquitto version \S+ running")
    stranger = Listener(port)
    broker.wait_log("not authorised")
    stranger.close()
    # It minds a signal only from its first loop on, a moment after it says that it is running.
    broker.terminate()


def test_nobody_comes_in_without_a_password(make_ward, shipped):
    ward = make_ward({"to-1": ["cum-1"]}, start=False, broker_extra=shipped)
    ward.broker.start()
    stranger = Listener(ward.broker.port)
    with pytest.raises(Timeout):
        stranger.subscribe("#", timeout_s=0.5)
    stranger.close()
    ward.broker.process.wait_log("not authorised")
