"""`python -m tests.logging_server`: the server as a process; one line of JSON on stdout tells where it listens."""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from .bulk import add_mix
from .certificates import make_certificates
from .control import open_control
from .entries import Mix
from .faults import Faults, Quota, known
from .grpc_door import GrpcDoor
from .rest_door import open_rest
from .service import LoggingService

_POLL_S = 0.2


def main(arguments: list[str] | None = None) -> None:
    """Serves until the parent process is gone, SIGTERM, or Ctrl-C."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that the folder of certificates goes, too
    options = _parser().parse_args(arguments)
    faults, quota = Faults.of(json.loads(options.faults)), Quota.of(json.loads(options.quota))
    service = LoggingService(faults=faults, quota=quota, page_bytes=options.page_bytes)
    for path in options.entries:
        with path.open(encoding="utf-8") as lines:
            service.store.add(json.loads(line) for line in lines if line.strip())
    for values in options.make:
        add_mix(service.store, Mix(**known(Mix, json.loads(values))))
    with tempfile.TemporaryDirectory(prefix="logging-server-") as folder:
        certificates = make_certificates(Path(folder))
        grpc_door = GrpcDoor(service, certificates)
        http, https = open_rest(service, certificates)
        control = open_control(service)
        for door in (grpc_door, http, https, control):
            door.start()
        places = {
            "grpc_endpoint": grpc_door.endpoint,
            "grpc_tls_endpoint": grpc_door.tls_endpoint,
            "rest_endpoint": http.endpoint,
            "rest_tls_endpoint": https.endpoint,
            "control_endpoint": control.endpoint,
            "ca_file": str(certificates.ca_file),
            "entries": len(service.store),
        }
        sys.stdout.write(json.dumps(places) + "\n")
        sys.stdout.flush()
        _wait(options.parent or os.getppid())


def _wait(parent: int) -> None:
    """Returns when the parent is gone: its children then belong to another process."""
    try:
        while os.getppid() == parent:
            time.sleep(_POLL_S)
    except KeyboardInterrupt:
        pass


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.logging_server", description=__doc__)
    parser.add_argument("--entries", type=Path, action="append", default=[], help="file of LogEntry JSON, one a line")
    parser.add_argument("--make", action="append", default=[], help='made-up entries, for example {"count": 10000}')
    parser.add_argument("--faults", default="{}", help='JSON, for example {"unavailable": 0.3, "seed": 1}')
    parser.add_argument("--quota", default="{}", help='JSON, for example {"calls": 60, "window_s": 60}')
    parser.add_argument("--page-bytes", type=int, default=0, help="a page ends before it grows larger; 0: no limit")
    parser.add_argument("--parent", type=int, default=0, help="ends when this process is gone; default: who started it")
    return parser


if __name__ == "__main__":
    main()
