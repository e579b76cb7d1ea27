"""A real gRPC and REST server of `google.logging.v2` on loopback, for tests through the real client libraries.

`with logging_server(entries=…, faults=…, quota=…) as server:` starts it as a process of its own, so that a client's CPU
is measured alone and a client may be killed without it. It listens on 127.0.0.1 only and ends with its parent.
By hand: `python -m tests.logging_server --help`, from the root of the checkout.
"""

from __future__ import annotations

from .entries import Mix, make_entries
from .faults import Faults, Quota
from .launching import LoggingServer, ServerError, logging_server
from .times import format_time, parse_ns

__all__ = [
    "Faults",
    "LoggingServer",
    "Mix",
    "Quota",
    "ServerError",
    "format_time",
    "logging_server",
    "make_entries",
    "parse_ns",
]
