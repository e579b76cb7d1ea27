"""What snippets need around them: servers on the loopback interface that fail in a given way, folders, certificates."""

from __future__ import annotations

import asyncio
import logging
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import warnings
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

NOWHERE = "nowhere.invalid"
"""a name that no server ever resolves (RFC 2606)"""
PORTS: List[int] = []
"""ports of this run, so that they can be taken out of a text"""
_OPEN: List[Any] = []
_AUTHORITY = """[ca]
default_ca = own
[own]
database = {place}/index
serial = {place}/serial
new_certs_dir = {place}
default_md = sha256
policy = any
x509_extensions = signed
[signed]
basicConstraints = CA:true
subjectAltName = DNS:localhost
[any]
commonName = supplied
"""


class Logged(Exception):  # noqa: N818 - no error of a program
    """A text that a runtime logs and does not raise."""


class Absent(Exception):  # noqa: N818 - no error of a program
    """What the snippet needs is not on this machine."""


def _listening() -> socket.socket:
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", 0))
    server.listen(16)
    PORTS.append(server.getsockname()[1])
    _OPEN.append(server)
    return server


def refused() -> int:
    """A port where nobody listens."""
    server = _listening()
    port = server.getsockname()[1]
    server.close()
    return port


def silent() -> int:
    """A port that takes connections and says nothing."""
    return _listening().getsockname()[1]


def full() -> int:
    """A port whose queue is full, so that a further connection is never answered."""
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen(0)
    _OPEN.append(server)
    for _ in range(3):
        waiting = socket.socket()
        waiting.setblocking(False)
        waiting.connect_ex(server.getsockname())
        _OPEN.append(waiting)
    PORTS.append(server.getsockname()[1])
    return server.getsockname()[1]


def answering(*answers: bytes, close: bool = True, reset: bool = False, wait: bool = True) -> int:
    """A port that sends each answer after it has read something, then hangs up (with a reset, if wanted)."""
    server = _listening()

    def talk(connection: socket.socket) -> None:
        try:
            for answer in answers or (b"",):
                if wait:
                    connection.recv(65536)
                connection.sendall(answer)
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            if close or reset:
                connection.close()
            else:
                _OPEN.append(connection)
        except OSError:
            pass

    def accept() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return server.getsockname()[1]


def web(status: str = "200 OK", body: bytes = b"", *headers: str, length: int = -1) -> int:
    """A port that answers every request with this."""
    size = len(body) if length < 0 else length
    head = "".join(
        f"{line}\r\n" for line in (f"HTTP/1.1 {status}", f"Content-Length: {size}", "Connection: close", *headers)
    )
    return answering(head.encode() + b"\r\n" + body)


def folder() -> Path:
    """An empty folder."""
    made = Path(tempfile.mkdtemp(prefix="raising-"))
    _OPEN.append(made)
    return made


def certificate(name: str = "localhost", expired: bool = False) -> Tuple[str, str]:
    """A certificate that signs itself, and its key: paths of PEM files."""
    if not shutil.which("openssl"):
        raise Absent("no openssl command")
    place = folder()
    cert, key = str(place / "cert.pem"), str(place / "key.pem")
    request = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key]
    if not expired:
        request += ["-x509", "-days", "2", "-addext", f"subjectAltName=DNS:{name}", "-out", cert]
        subprocess.run(request, check=True, capture_output=True)
        return cert, key
    subprocess.run([*request, "-out", cert + ".request"], check=True, capture_output=True)
    (place / "index").write_text("")
    (place / "serial").write_text("01")
    (place / "ca").write_text(_AUTHORITY.format(place=place))
    sign = ["openssl", "ca", "-batch", "-selfsign", "-notext", "-config", str(place / "ca"), "-keyfile", key]
    sign += ["-in", cert + ".request", "-out", cert, "-startdate", "200101000000Z", "-enddate", "200102000000Z"]
    subprocess.run(sign, check=True, capture_output=True)
    return cert, key


def tls(cert: str, key: str, **options: Any) -> int:
    """A port that speaks TLS with this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    for name, value in options.items():
        setattr(context, name, value)
    server = _listening()

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            try:
                _OPEN.append(context.wrap_socket(connection, server_side=True))
            except (OSError, ssl.SSLError):
                connection.close()

    threading.Thread(target=serve, daemon=True).start()
    return server.getsockname()[1]


def warned(act: Callable[[], Any]) -> None:
    """Raise the first warning that `act` gives."""
    import gc

    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        act()
        gc.collect()
    raise seen[0].message  # type: ignore[misc]


def logged(act: Callable[[], Any], logger: str = "asyncio", line: int = 0) -> None:
    """Raise the first text that `act` makes the logger print, as `Logged`."""
    seen: List[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            seen.append(record.getMessage())

    watched, handler = logging.getLogger(logger), Keep()
    watched.addHandler(handler)
    try:
        act()
    finally:
        watched.removeHandler(handler)
    raise Logged(seen[0].splitlines()[line])


def loop(main: Callable[[], Any]) -> Any:
    """Run an `async def` without arguments."""
    return asyncio.run(main())


def clean_up() -> None:
    """Close what the last snippet opened."""
    while _OPEN:
        opened = _OPEN.pop()
        if isinstance(opened, Path):
            shutil.rmtree(opened, ignore_errors=True)
        else:
            opened.close()


NAMES: Dict[str, Any] = {
    f.__name__: f
    for f in (refused, silent, answering, full, web, folder, certificate, tls, warned, logged, loop, Absent, Logged)
}
NAMES["NOWHERE"] = NOWHERE
