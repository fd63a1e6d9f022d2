# SPDX-License-Identifier: Apache-2.0
"""An HTTP mirror that cuts, lies and keeps account: what a receiver's fetches meet in the field."""
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Mirror:
    """Hands out the files of @folder. Use as a context manager."""

    def __init__(self, folder, cut_after=None, alter=None):
        self.folder = folder
        self.cut_after = cut_after  # bytes of an answer after which the line breaks; None: never
        self.alter = alter          # what becomes of the bytes; None: nothing
        self.asked = []             # first byte of each request, in order
        mirror = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                mirror._answer(self)

            def log_message(self, *args):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exc):
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/audio/"

    def _answer(self, request):
        data = (self.folder / request.path.rsplit("/", 1)[1]).read_bytes()
        if self.alter:
            data = self.alter(data)
        match = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        first = int(match.group(1)) if match else 0
        self.asked.append(first)
        request.send_response(206 if first else 200)
        if first:
            request.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        request.send_header("Content-Length", str(len(data) - first))
        request.end_headers()
        request.wfile.write(data[first:][:self.cut_after])
        request.close_connection = self.cut_after is not None
