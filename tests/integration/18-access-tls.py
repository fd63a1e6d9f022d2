# SPDX-License-Identifier: Apache-2.0
"""Beyond loopback the page speaks HTTPS: a certificate of its own, or the office's."""
import hashlib
import http.client
import os
import re
import socket
import ssl
import stat
import subprocess

import pytest
from process import wait_until
from visitor import Visitor, add_user
from ward import program

NAMES = 'names = ( "loa.phuong.example", "127.0.0.1", "::1" );'
OWN = f'listen = "0.0.0.0"; port = 0; {NAMES} tls = {{ }};'


def own_certificate(ward):
    return ward.data_dir / "page.pem"


def trusting(ward, path=None):
    return ssl.create_default_context(cafile=path or own_certificate(ward))


def der_of(ward):
    return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(
        ("127.0.0.1", int((ward.data_dir / "https.port").read_text()))))


def test_a_certificate_is_made_and_can_be_compared_and_trusted(make_ward):
    ward = make_ward({"to-1": []}, nodes=False, http=OWN)
    add_user(ward, "van.hoa", "operator")
    assert stat.S_IMODE(own_certificate(ward).stat().st_mode) == 0o600
    digest = hashlib.sha256(der_of(ward)).hexdigest().upper()
    fingerprint = ":".join(digest[i:i + 2] for i in range(0, 64, 2))
    page = ward.loactl_json("status")["page"]
    assert page["fingerprint"] == fingerprint
    assert re.fullmatch(r"https://loa\.phuong\.example:\d+/", page["url"])
    assert fingerprint in ward.controller.log_path.read_text()
    assert fingerprint[:47] in ward.loactl("status")
    # the name is checked, too: it stands in the certificate
    hoa = Visitor(ward, "van.hoa", tls=trusting(ward))
    answer = hoa.get("/status")
    assert answer.status == 200
    assert "Strict-Transport-Security" not in answer.headers  # it will be another one some day
    assert answer.headers["Permissions-Policy"].startswith("microphone=(self)")
    assert hoa.sign_in("van.hoa").headers["Set-Cookie"].endswith("; Secure")
    # and it stays: telephones were told to trust it
    before = own_certificate(ward).read_bytes()
    assert ward.controller.terminate() == 0
    ward.start_controller()
    assert own_certificate(ward).read_bytes() == before
    assert ward.controller.terminate() == 0
    ward.http = OWN.replace("loa.phuong", "loa.xa")
    ward.start_controller()
    assert own_certificate(ward).read_bytes() != before


def test_old_tls_and_plain_http_and_strange_names_are_refused(make_ward):
    ward = make_ward({"to-1": []}, nodes=False, http=OWN)
    port = int((ward.data_dir / "https.port").read_text())
    old = trusting(ward)
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        with pytest.raises((ssl.SSLError, OSError)):
            old.wrap_socket(link, server_hostname="127.0.0.1")
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        new = trusting(ward)
        new.minimum_version = new.maximum_version = version
        assert Visitor(ward, tls=new).get("/session").status == 401
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        try:
            assert b"200" not in link.recv(100)
        except ConnectionResetError:
            pass
    visitor = Visitor(ward, tls=trusting(ward))
    assert visitor.get("/session", headers={"Host": "evil.example"}).status == 403
    assert visitor.get("/session", headers={"Host": f"loa.phuong.example:{port}"}).status == 401


def test_the_offices_certificate_is_used_and_kept_to(make_ward, folder):
    # the one that another controller made stands for the office's
    other = make_ward({"to-1": []}, nodes=False, http=OWN)
    office = folder / "office.pem"
    office.write_bytes(own_certificate(other).read_bytes())
    os.chmod(office, 0o600)
    ward = make_ward({"to-1": []}, start=False, http=(
        f'listen = "127.0.0.1"; port = 0; {NAMES} '
        f'tls = {{ certificate = "{office}"; key = "{office}"; }};'))
    ward.start(nodes=False)
    assert not own_certificate(ward).exists()
    answer = Visitor(ward, tls=trusting(ward, office)).get("/session")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in Visitor(ward).get("/session").headers
    ward.controller.terminate()
    for mode, damage in ((0o644, None), (0o600, b"no certificate at all\n")):
        if damage:
            office.write_bytes(damage)
        os.chmod(office, mode)
        refused = subprocess.run([program("loa-controller"), "--config", ward.config],
                                 capture_output=True, text=True, timeout=30)
        assert refused.returncode == 78, refused
        assert str(office) in refused.stderr.splitlines()[-1]


@pytest.mark.parametrize("http,word", [
    ('listen = "0.0.0.0"; port = 0;', "tls"), ('listen = "192.0.2.1"; port = 0;', "tls"),
    ('listen = "0.0.0.0"; tls = { };', "names"), ('listen = "everywhere";', "address"),
    ('tls = { certificate = "/x"; };', "together"), ('names = ( "a b" );', "host name"),
    ('names = ( "http://x/" );', "host name")])
def test_a_password_never_crosses_a_network_in_the_clear(make_ward, http, word):
    ward = make_ward({"to-1": []}, start=False, http=http)
    ward.folder.mkdir(parents=True, exist_ok=True)
    ward.broker.port = 1
    ward.write_config()
    refused = subprocess.run([program("loa-controller"), "--config", ward.config],
                             capture_output=True, text=True, timeout=30)
    assert refused.returncode == 78 and word in refused.stderr, refused


@pytest.mark.parametrize("port_file", ["http.port", "https.port"])
def test_a_thousand_connections_that_ask_nothing_keep_nobody_out(make_ward, port_file):
    ward = make_ward({"to-1": []}, nodes=False, http=OWN)
    port = int((ward.data_dir / port_file).read_text())
    links = []
    try:
        for i in range(1000):
            link = socket.create_connection(("127.0.0.1", port), timeout=10)
            if i % 2:  # the others begin to speak
                link.sendall(b"GET /api/v1/sta" if port_file == "http.port" else b"\x16\x03\x01")
            links.append(link)
            if i % 200 == 199:
                assert ward.api("GET", "/api/v1/status")["broker"] == "connected"
        assert ward.loactl_json("status")["site"]["id"]
        stranger = Visitor(ward, tls=trusting(ward) if port_file == "https.port" else None)
        assert stranger.get("/session").status == 401

        def few_descriptors():
            return len(os.listdir(f"/proc/{ward.controller.pid}/fd")) < 128 + 60
        wait_until("only so many were let in", few_descriptors)
    finally:
        for link in links:
            link.close()
    wait_until("all are gone", lambda: len(os.listdir(f"/proc/{ward.controller.pid}/fd")) < 60)
