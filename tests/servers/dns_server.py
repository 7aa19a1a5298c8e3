"""A DNS server on loopback, over UDP and TCP, that knows some names and misbehaves for others."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

Answer = Callable[[dns.message.Message], "bytes | None"]  # None is silence


def records(*lines: str) -> Answer:
    """Lines like `A 192.0.2.1` of the name that is asked for; other types have no record."""

    def answer(query: dns.message.Message) -> bytes:
        question, response = query.question[0], dns.message.make_response(query)
        wanted = [line.split(" ", 1)[1] for line in lines if line.startswith(question.to_text().split()[-1] + " ")]
        if wanted:
            response.answer.append(dns.rrset.from_text(question.name, 60, "IN", question.rdtype, *wanted))
        return response.to_wire()

    return answer


def code(rcode: dns.rcode.Rcode) -> Answer:
    def answer(query: dns.message.Message) -> bytes:
        response = dns.message.make_response(query)
        response.set_rcode(rcode)
        return response.to_wire()

    return answer


def loop(query: dns.message.Message) -> bytes:
    """A CNAME to another name and from there back."""
    response, name = dns.message.make_response(query), query.question[0].name
    response.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", "b.loop.test."))
    response.answer.append(dns.rrset.from_text("b.loop.test.", 60, "IN", "CNAME", name.to_text()))
    return response.to_wire()


def garbage(query: dns.message.Message) -> bytes:
    return struct.pack("!H", query.id) + b"\xff" * 40


def silence(_query: dns.message.Message) -> None:
    return None


class DnsServer:
    """A DNS server on loopback that answers from `names`, which may be changed at any time; other names are NXDOMAIN.

    `asked` is every question, `over_tcp` those that came by TCP; `truncate` makes every answer by UDP an empty one that
    says: ask by TCP.
    """

    def __init__(self):
        self.port = 0
        self.names: dict[str, Answer] = {}
        self.asked: list[str] = []
        self.over_tcp: list[str] = []
        self.truncate = False

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def answer(self, wire: bytes, tcp: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        name, _, type_ = query.question[0].to_text().split()
        self.asked.append(f"{name} {type_}")
        if tcp:
            self.over_tcp.append(name)
        elif self.truncate:
            response = dns.message.make_response(query)
            response.flags |= dns.flags.TC
            return response.to_wire()
        return self.names.get(name.rstrip("."), code(dns.rcode.NXDOMAIN))(query)


@contextmanager
def dns_server() -> Iterator[DnsServer]:
    what = DnsServer()

    class Udp(socketserver.BaseRequestHandler):
        def handle(self):
            wire, line = self.request
            if (answer := what.answer(wire, False)) is not None:
                line.sendto(answer, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self):
            (length,) = struct.unpack("!H", self.rfile.read(2))
            if (answer := what.answer(self.rfile.read(length), True)) is not None:
                self.wfile.write(struct.pack("!H", len(answer)) + answer)

    with _both_ports(Udp, Tcp) as what.port:
        yield what


@contextmanager
def _both_ports(udp_handler: type, tcp_handler: type) -> Iterator[int]:
    """Servers of both kinds on one port, in threads."""
    while True:
        tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), tcp_handler)
        try:
            udp = socketserver.ThreadingUDPServer(tcp.server_address, udp_handler)
            break
        except OSError:  # the port is taken for UDP
            tcp.server_close()
    for server in (udp, tcp):
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield udp.server_address[1]
    finally:
        for server in (udp, tcp):
            server.shutdown()
            server.server_close()
