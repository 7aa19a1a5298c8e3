"""Serve the zone files of a folder as CZDS does: a token for any login, Last-Modified from the file name."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        answer = json.dumps({"accessToken": "token"}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_GET(self) -> None:
        path = Path(sys.argv[1]) / Path(self.path).name
        morning = datetime.strptime(path.name, "%Y-%m-%d.zone.gz").replace(hour=3, tzinfo=UTC)
        self.send_response(200 if self.headers["Authorization"] == "Bearer token" else 401)
        self.send_header("Content-Length", str(path.stat().st_size))
        self.send_header("Last-Modified", format_datetime(morning, usegmt=True))
        self.end_headers()
        with path.open("rb") as file:
            shutil.copyfileobj(file, self.wfile, 1 << 20)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()
