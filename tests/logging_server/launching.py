"""The server as a process of its own, and the handle by which a test asks and steers it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .entries import Mix
from .faults import Faults, Quota

ROOT = Path(__file__).resolve().parent.parent.parent
STOP_S = 5.0
"""so long it may take to end by itself"""


class ServerError(RuntimeError):
    """The server did not start, or its control door said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggingServer:
    """A running server. Endpoints of gRPC are `127.0.0.1:PORT`, the others URLs without a path."""

    grpc_endpoint: str
    grpc_tls_endpoint: str
    rest_endpoint: str
    rest_tls_endpoint: str
    control_endpoint: str
    ca_file: str
    """PEM, for GRPC_DEFAULT_SSL_ROOTS_FILE_PATH and REQUESTS_CA_BUNDLE"""
    pid: int

    def stats(self) -> dict[str, Any]:
        """calls, accepted, refused, impolite, peak_accepted_per_minute, peak_accepted_per_60s, outcomes, …"""
        return dict(self._ask("/stats"))

    def journal(self) -> list[dict[str, Any]]:
        """The calls one by one: number, door, project, arrived, outcome, faults, rows, parameters, …"""
        return list(self._ask("/journal"))

    def truth(self, filter: str = "", resource_names: Sequence[str] = ()) -> frozenset[tuple[str, int, str]]:  # noqa: A002 - the API's name
        """Identities (logName, timestamp in ns, insertId) of what a filter matches, visible yet or not."""
        rows = self._ask("/truth", json.dumps({"filter": filter, "resourceNames": list(resource_names)}).encode())
        return frozenset((name, ns, insert_id) for name, ns, insert_id in rows)

    def add(self, entries: Iterable[Mapping[str, Any]]) -> int:
        """Adds entries in their JSON form; returns how many were new."""
        return int(self._ask("/entries", _lines(entries))["added"])

    def set_faults(self, faults: Faults | None = None, **values: Any) -> None:
        """Replaces all faults: `set_faults(unavailable=0.3, seed=1)`, or a `Faults`, or none."""
        self._ask("/faults", json.dumps((faults or Faults(**values)).document()).encode())

    def set_quota(self, calls: int = 0, window_s: float = 60.0) -> None:
        """At most so many calls within any window; 0 is without limit."""
        self._ask("/quota", json.dumps(asdict(Quota(calls=calls, window_s=window_s))).encode())

    def set_clock(self, offset_s: float) -> None:
        """The server's time runs, so many seconds ahead of the machine's."""
        self._ask("/clock", json.dumps({"offset_s": offset_s}).encode())

    def freeze(self, at_ns: int) -> None:
        """The server's time stands still at that instant, until the next `set_clock`."""
        self._ask("/clock", json.dumps({"frozen_ns": at_ns}).encode())

    def reset(self) -> None:
        """Forgets calls, refusals, used quota and dead tokens."""
        self._ask("/reset", b"{}")

    def _ask(self, path: str, body: bytes | None = None) -> Any:
        request = urllib.request.Request(self.control_endpoint + path, data=body)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                raise ServerError(json.load(refusal)["error"]["message"]) from None


@contextmanager
def logging_server(
    entries: Iterable[Mapping[str, Any]] = (),
    *,
    made: Mix | None = None,
    faults: Faults | None = None,
    quota: Quota | None = None,
    page_bytes: int = 0,
) -> Iterator[LoggingServer]:
    """Starts a server with entries in their JSON form, or made there, and stops it at the end. Raises `ServerError`."""
    command = [sys.executable, "-m", "tests.logging_server", "--parent", str(os.getpid())]
    command += ["--faults", json.dumps((faults or Faults()).document()), "--page-bytes", str(page_bytes)]
    command += ["--quota", json.dumps(asdict(quota or Quota()))]
    if made is not None:
        command += ["--make", json.dumps(asdict(made))]
    with ExitStack() as stack:
        with tempfile.TemporaryDirectory(prefix="logging-server-") as folder:  # gone before a test could be killed
            path = Path(folder) / "entries.jsonl"
            path.write_bytes(_lines(entries))
            command += ["--entries", str(path)]
            process = stack.enter_context(
                subprocess.Popen(
                    command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, env=_environment()
                )
            )
            stack.callback(_stop, process)
            server = _await(process)
        yield server


def _await(process: subprocess.Popen[bytes]) -> LoggingServer:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise ServerError(f"the logging server did not start: exit code {process.wait()}; its stderr says why")
    places = json.loads(line)
    del places["entries"]
    return LoggingServer(**places, pid=process.pid)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()


def _environment() -> dict[str, str]:
    """This process' own, without what would make a test's settings for its client matter to the server."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("GRPC_", "ANALYZER_"))}


def _lines(entries: Iterable[Mapping[str, Any]]) -> bytes:
    return b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
