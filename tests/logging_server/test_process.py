"""The server as a process: only on loopback, gone with its parent, and honest about what it cannot take."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.logging_server import LoggingServer, ServerError, logging_server
from tests.logging_server.launching import ROOT

START_AND_DIE = """
import os
from tests.logging_server import logging_server
with logging_server() as server:
    print(server.control_endpoint.rpartition(":")[2], flush=True)
    os.kill(os.getpid(), 9)
"""
LISTENING = "0A"  # a state in /proc/net/tcp
LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F"}  # also as IPv6 writes an IPv4 address


def is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def test_it_ends_when_its_parent_is_killed() -> None:
    command = [sys.executable, "-c", START_AND_DIE]
    port = int(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout)
    for _ in range(200):
        if not is_open(port):
            return
        time.sleep(0.05)
    pytest.fail("it still listens")


def test_it_ends_with_the_block() -> None:
    with logging_server() as server:
        port = int(server.control_endpoint.rpartition(":")[2])
        assert is_open(port)
        folder = Path(server.ca_file).parent
        assert folder.is_dir()
    assert not is_open(port)
    assert not folder.exists()


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="sockets are read from /proc")
def test_it_listens_on_loopback_only(server: LoggingServer) -> None:
    own = {link.readlink().name for link in Path(f"/proc/{server.pid}/fd").iterdir() if link.is_symlink()}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    rows += [line.split() for line in Path("/proc/net/tcp6").read_text(encoding="ascii").splitlines()[1:]]
    places = [row[1].partition(":")[0] for row in rows if row[3] == LISTENING and f"socket:[{row[9]}]" in own]
    assert len(places) == 5
    assert set(places) <= LOOPBACK


def test_what_is_no_entry_stops_the_start(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ServerError, match="did not start"), logging_server([{"logName": "x", "severity": "LOUD"}]):
        pass
    assert "not a LogEntry" in capfd.readouterr().err


def test_what_is_no_entry_is_refused_at_the_control_door(server: LoggingServer) -> None:
    before = server.truth()
    good = {"logName": "projects/p/logs/x", "insertId": "good"}
    with pytest.raises(ServerError, match="not a LogEntry"):
        server.add([good, {"logName": "projects/p/logs/x", "textPayload": 3}])
    with pytest.raises(ServerError, match="is not PARENT/ID/logs/LOG"):
        server.add([good, {"logName": "x"}])
    with pytest.raises(ServerError, match="unexpected keyword"):
        server._ask("/clock", b'{"offset": 3}')
    assert server.truth() == before


def test_missing_times_and_ids_are_filled_in() -> None:
    with logging_server([{"logName": "projects/p/logs/x", "timestamp": "2026-07-01T10:00:00Z"}] * 2) as server:
        identities = server.truth()
    assert len({insert_id for _, _, insert_id in identities}) == 2
    assert {ns for _, ns, _ in identities} == {1_782_900_000 * 10**9}
