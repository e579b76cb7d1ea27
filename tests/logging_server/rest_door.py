"""The service over REST, by http and https: `POST /v2/entries:list`, `GET /v2/projects/PROJECT/logs`."""

from __future__ import annotations

import gzip
import json
import re
import ssl
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .certificates import Certificates
from .queries import Request
from .service import LoggingService, Page
from .statuses import HTTP_CODES, ApiError, invalid

_LOGS = re.compile(r"/v2/((?:projects|organizations|billingAccounts|folders)/[^/]+)/logs")
_FIELDS = {
    "resourceNames": ("resource_names", list),
    "filter": ("filter", str),
    "orderBy": ("order_by", str),
    "pageSize": ("page_size", int),
    "pageToken": ("page_token", str),
}
GZIP_LEVEL = 1  # the answers stay on this machine
_POLL_S = 0.1


class HttpServer(ThreadingHTTPServer):
    """An HTTP server on a port of 127.0.0.1 of the system's choice, in threads that do not keep the process alive."""

    daemon_threads = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], context: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        if context is not None:
            # the handshake is left to the connection's own thread: a client that stalls stops nobody else
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.endpoint = f"{'http' if context is None else 'https'}://127.0.0.1:{self.server_address[1]}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, args=(_POLL_S,), daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


class JsonHandler(BaseHTTPRequestHandler):
    """JSON in, JSON out, over connections that stay open; `routes` decide."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body in one packet

    def answer(self, method: str, path: str, body: bytes) -> bytes:
        """The JSON text of an answer. Raises `ApiError`."""
        raise NotImplementedError

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            code, data = 200, self.answer(method, self.path, body)
        except ApiError as refusal:
            code, data = HTTP_CODES[refusal.status], json.dumps(refusal.document()).encode()
        except ValueError as err:
            code, data = 400, json.dumps(invalid(str(err)).document()).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            data = gzip.compress(data, GZIP_LEVEL)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: Any) -> None:
        """The journal knows more."""


def open_rest(service: LoggingService, certificates: Certificates) -> tuple[HttpServer, HttpServer]:
    """The http and the https server, not started yet."""

    class Handler(JsonHandler):
        def answer(self, method: str, path: str, body: bytes) -> bytes:
            place = path.partition("?")[0]
            if method == "POST" and place == "/v2/entries:list":
                headers = {name.lower(): value for name, value in self.headers.items()}
                return service.list_entries(read_request(body), door="rest", headers=headers, render=render)
            if method == "GET" and (found := _LOGS.fullmatch(place)):
                return json.dumps({"logNames": service.log_names(found[1])}).encode()
            raise ApiError("NOT_FOUND", f"{method} {place} is not found.")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.chain_file, certificates.key_file)
    return HttpServer(Handler), HttpServer(Handler, context)


def read_request(body: bytes) -> Request:
    """The JSON body of `entries:list`. Raises `ApiError` INVALID_ARGUMENT for unknown fields and wrong types."""
    document = json.loads(body or b"{}")
    if not isinstance(document, Mapping):
        raise invalid("Invalid JSON payload received: an object is expected.")
    parameters: dict[str, Any] = {}
    for name, value in document.items():
        if name not in _FIELDS:
            raise invalid(f"Invalid JSON payload received. Unknown name {name!r}: Cannot find field.")
        field, kind = _FIELDS[name]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise invalid(f"Invalid value at {name!r}: {value!r}")
        parameters[field] = tuple(str(name) for name in value) if isinstance(value, list) else value
    return Request(**({"resource_names": ()} | parameters))


_dumps: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def render(page: Page) -> bytes:
    """The JSON text of a page; an empty list and an empty token are left out, as the API leaves them out."""
    document: dict[str, Any] = {}
    if page.positions:
        document["entries"] = [page.store.document(position) for position in page.positions]
    if page.next_token:
        document["nextPageToken"] = page.next_token
    return _dumps(document).encode() + b" " * page.padding
