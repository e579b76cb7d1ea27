"""HTTP: finds the page, answers in JSON, writes one line per request."""

import json
import logging
import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

logger = logging.getLogger(__name__)


@dataclass
class Call:
    """One request: its path in pieces, its query, its JSON body, its Authorization header."""

    method: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: dict = field(default_factory=dict)
    bearer: str = ""

    def piece(self, number: int) -> str:
        return self.path.strip("/").split("/")[number]


Answer = tuple[int, dict]
Page = Callable[[Call], Answer]


class Pages:
    """Pages by method and shape of the path; `*` stands for any piece."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, ...], Page] = {}

    def add(self, method: str, shape: str, page: Page) -> None:
        self._pages[(method, *shape.strip("/").split("/"))] = page

    def find(self, method: str, path: str) -> Page | None:
        wanted = (method, *path.strip("/").split("/"))
        for shape, page in self._pages.items():
            if len(shape) == len(wanted) and all(s in ("*", w) for s, w in zip(shape, wanted)):
                return page
        return None


def handler_for(pages: Pages) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            url = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            page = pages.find(self.command, url.path)
            if page is None:
                self._answer(404, {"error": "no such page"})
                return
            try:
                call = Call(
                    method=self.command,
                    path=url.path,
                    query=dict(parse_qsl(url.query)),
                    body=json.loads(raw) if raw else {},
                    bearer=self.headers.get("Authorization", ""),
                )
                status, document = page(call)
            except Exception as error:
                logger.error(f"Unhandled {type(error).__name__} in {self.command} {url.path}: {error}")
                traceback.print_exc()
                status, document = 500, {"error": "internal error"}
            self._answer(status, document)

        do_GET = do_POST = do_DELETE = _serve

        def _answer(self, status: int, document: dict) -> None:
            data = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_request(self, code: object = "-", size: object = "-") -> None:
            status = getattr(code, "value", code)
            print(f'{self.client_address[0]}:{self.client_address[1]} - "{self.requestline}" {status}', flush=True)

    return Handler


def serve(pages: Pages, port: int) -> None:
    server = ThreadingHTTPServer((os.environ.get("HOST", "0.0.0.0"), port), handler_for(pages))
    print(f"Listening on port {port}", flush=True)
    server.serve_forever()
