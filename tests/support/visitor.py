# SPDX-License-Identifier: Apache-2.0
"""A browser as far as HTTP goes: keeps its cookie, shows the session's csrf."""
import http.client
import json

PASSWORD = "mau thu nghiem"


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        return self.json["error"]["code"]

    @property
    def sentence(self):
        return self.json["error"]["message"]


class Visitor:
    """One who may sign in at @ward's controller."""

    def __init__(self, ward, user=None, tls=None):
        """@tls: an ssl.SSLContext, for the page's HTTPS"""
        self.tls = tls
        self.port = int((ward.data_dir / ("https.port" if tls else "http.port")).read_text())
        self.cookie = None
        self.session = None
        if user:
            answer = self.sign_in(user)
            assert answer.status == 200, answer.body

    def connect(self):
        if self.tls:
            return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=20, context=self.tls)
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def call(self, method, path, body=None, headers=None, csrf=True):
        link = self.connect()
        sent = {}
        if self.cookie:
            sent["Cookie"] = self.cookie
        if self.session and csrf and method not in ("GET", "HEAD"):
            sent["X-Loa-CSRF"] = self.session["csrf"]
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        link.request(method, "/api/v1" + path, body=body, headers={**sent, **(headers or {})})
        response = link.getresponse()
        answer = Answer(response, response.read())
        link.close()
        if "Set-Cookie" in response.headers:
            self.cookie = response.headers["Set-Cookie"].split(";")[0]
        return answer

    def get(self, path, **kwargs):
        return self.call("GET", path, **kwargs)

    def post(self, path, body=None, **kwargs):
        return self.call("POST", path, {} if body is None else body, **kwargs)

    def sign_in(self, user, password=PASSWORD, **kwargs):
        answer = self.post("/session", {"user": user, "password": password}, **kwargs)
        if answer.status == 200:
            self.session = answer.json
        return answer


def add_user(ward, user, role, *options, password=PASSWORD):
    """`loactl user add`, as the technician does it."""
    secret = ward.folder / f"{user}.password"
    secret.write_text(password + "\n")
    ward.loactl("user", "add", user, "--role", role, "--password-file", secret, *options)
