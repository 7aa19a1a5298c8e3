"""A mail server on loopback that keeps what it is sent, or does not take it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class SmtpServer:
    """`reply_to_data` is said after a mail, None breaks off instead; `reply_to_recipient` after each of those."""

    def __init__(self):
        self.port = 0
        self.messages: list[EmailMessage] = []
        self.reply_to_data: str | None = "250 ok"
        self.reply_to_recipient = "250 ok"


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    what = SmtpServer()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            self.say("220 here")
            for line in self.rfile:
                word = line.split()[0].upper() if line.split() else b""
                if word == b"DATA":
                    self.say("354 go on")
                    mail = b"".join(iter(self.rfile.readline, b".\r\n"))
                    if what.reply_to_data is None:
                        return
                    if what.reply_to_data.startswith("250"):
                        what.messages.append(message_from_bytes(mail, policy=policy.default))
                    self.say(what.reply_to_data)
                elif word == b"RCPT":
                    self.say(what.reply_to_recipient)
                elif word == b"QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def say(self, line: str) -> None:
            self.wfile.write(line.encode() + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        what.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        try:
            yield what
        finally:
            server.shutdown()
