"""One server for the tests of a module, with its faults, quota and clock undone after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.cloud.logging_v2.services.logging_service_v2 import LoggingServiceV2Client

from tests.logging_server import LoggingServer, Mix, logging_server
from tests.logging_server.clients import grpc_client

MADE = Mix(count=2500, seed=7, huge_texts=False)


@pytest.fixture(scope="module")
def running() -> Iterator[LoggingServer]:
    with logging_server(made=MADE) as server:
        yield server


@pytest.fixture
def server(running: LoggingServer) -> Iterator[LoggingServer]:
    yield running
    running.set_faults()
    running.set_quota()
    running.set_clock(0)
    running.reset()


@pytest.fixture
def client(server: LoggingServer) -> Iterator[LoggingServiceV2Client]:
    with grpc_client(server) as made:
        yield made
