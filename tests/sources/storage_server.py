"""Cloud Storage's JSON API over loopback, as much of it as reading needs: list with prefix and pages, media, refusals.

https://cloud.google.com/storage/docs/json_api/v1/objects
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(slots=True)
class Storage:
    """What the server holds and how it behaves; `calls` lists the paths that were asked, in order."""

    objects: dict[str, bytes]
    bucket: str = "sink"
    page: int = 1_000
    forbidden: bool = False
    sizes: Mapping[str, int] = field(default_factory=dict)
    """sizes to claim that are not the real ones"""
    faults: list[int] = field(default_factory=list)
    """statuses to answer before anything else, each once"""
    calls: list[str] = field(default_factory=list)
    endpoint: str = ""


@contextmanager
def storage_server(storage: Storage) -> Iterator[Storage]:
    """The storage behind an endpoint of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if "/o" not in parts.path.partition("/b/")[2]:
                # the client asks for the bucket itself in a thread of its own; who may read objects may not see that
                status, body = 403, _error(403, "storage.buckets.get")
            else:
                storage.calls.append(parts.path)
                status, body = _answer(storage, parts.path, query)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    storage.endpoint = f"http://127.0.0.1:{server.server_port}"
    try:
        yield storage
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _answer(storage: Storage, path: str, query: Mapping[str, str]) -> tuple[int, bytes]:
    if storage.faults:
        status = storage.faults.pop(0)
        return status, _error(status, "try again")
    if storage.forbidden:
        return 403, _error(403, "reader@example.com does not have storage.objects.list access to the bucket.")
    _, _, rest = path.partition("/b/")
    bucket, _, name = rest.partition("/o")
    if bucket != storage.bucket:
        return 404, _error(404, "The specified bucket does not exist.")
    if not name:
        return 200, _listing(storage, query)
    data = storage.objects.get(unquote(name[1:]))
    if data is None or query.get("alt") != "media":
        return 404, _error(404, f"No such object: {bucket}{name}")
    return 200, data


def _listing(storage: Storage, query: Mapping[str, str]) -> bytes:
    names = sorted(name for name in storage.objects if name.startswith(query.get("prefix", "")))
    start = int(query.get("pageToken", 0))
    shown = names[start : start + storage.page]
    sizes = {name: storage.sizes.get(name, len(storage.objects[name])) for name in shown}
    answer: dict[str, object] = {"items": [{"name": name, "size": str(size)} for name, size in sizes.items()]}
    if start + storage.page < len(names):
        answer["nextPageToken"] = str(start + storage.page)
    return json.dumps(answer).encode()


def _error(status: int, message: str) -> bytes:
    return json.dumps({"error": {"code": status, "message": message}}).encode()
