"""Servers of tokens on loopback, as OAuth and iamcredentials are, and a proxy that leads every host to one of them."""

from __future__ import annotations

import json
import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from tests.logging_server.certificates import Certificates

Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request for a token."""

    path: str
    authorization: str
    user_project: str
    body: dict[str, Any]
    """a form or a JSON document"""


@dataclass(slots=True, kw_only=True)
class TokenServer:
    """`answer` gives the code and document for the nth request, counted from 1."""

    port: int
    tls: bool
    answer: Callable[[int], Answer]
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/token"


def oauth(number: int, *, life_s: int = 3600) -> Answer:
    """A token that tells which request it was for."""
    return 200, {"access_token": f"token-{number}", "expires_in": life_s, "token_type": "Bearer"}


def refused(_: int) -> Answer:
    return 400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."}


@contextmanager
def token_server(answer: Callable[[int], Answer] = oauth, tls: Certificates | None = None) -> Iterator[TokenServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            found.asked.append(
                Asked(
                    path=self.path,
                    authorization=self.headers.get("authorization", ""),
                    user_project=self.headers.get("x-goog-user-project", ""),
                    body=json.loads(body) if body.startswith("{") else dict(parse_qsl(body)),
                )
            )
            code, document = found.answer(len(found.asked))
            data = json.dumps(document).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: Any) -> None:
            """Tests ask `asked`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        http.handle_error = lambda *_: None  # type: ignore[method-assign]
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.chain_file, tls.key_file)
            http.socket = context.wrap_socket(http.socket, server_side=True, do_handshake_on_connect=False)
        found = TokenServer(port=http.server_address[1], tls=tls is not None, answer=answer)
        with _serving(http):
            yield found


@dataclass(slots=True, kw_only=True)
class Proxy:
    """Where it listens, and which `host:port` it was asked for."""

    url: str
    hosts: list[str] = field(default_factory=list)


@contextmanager
def connect_proxy(port: int) -> Iterator[Proxy]:
    """A proxy for HTTP CONNECT: whatever host is asked for, the answer comes from that port of this machine."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            found.hosts.append(self.rfile.readline().split()[1].decode())
            while self.rfile.readline().strip():
                pass
            with socket.create_connection(("127.0.0.1", port)) as upstream:
                self.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_relay, args=(upstream, self.connection), daemon=True)
                back.start()
                _relay(self.connection, upstream)
                back.join()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """A client that went away is no news."""

    with Server(("127.0.0.1", 0), Handler) as server:
        found = Proxy(url=f"http://127.0.0.1:{server.server_address[1]}")
        with _serving(server):
            yield found


def _relay(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
