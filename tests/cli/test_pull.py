"""`analyzer pull` and `analyze --project` as one runs them, against the test server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.logging_server import LoggingServer, Mix, logging_server
from tests.sources.cloud_logging.killing import written

MIX = Mix(count=3_000, seed=21, huge_texts=False)
WINDOW = ("--from", "2026-07-01T10:00:00Z", "--to", "2026-07-01T11:00:00Z")


@pytest.fixture(scope="module")
def running() -> Iterator[LoggingServer]:
    with logging_server(made=MIX) as server:
        yield server


@pytest.fixture
def server(running: LoggingServer) -> Iterator[LoggingServer]:
    yield running
    running.set_faults()
    running.set_quota()
    running.reset()


def environment(folder: Path) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ANALYZER_", "GOOGLE_"))}
    return {**env, "ANALYZER_CACHE_DIR": str(folder / "cache"), "PYTHONWARNINGS": "ignore"}


def command(verb: str, server: LoggingServer, *args: str) -> list[str]:
    given = ["--project", MIX.project, "--endpoint", server.grpc_endpoint, "--max-requests", "6000"]
    return [sys.executable, "-m", "analyzer", verb, *given, *args]


def run(
    folder: Path, verb: str, server: LoggingServer, *args: str, window: tuple[str, ...] = WINDOW
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(verb, server, *window, *args),
        cwd=folder, env=environment(folder), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_a_pull_says_the_window_in_utc_what_came_and_where_it_is(server: LoggingServer, tmp_path: Path) -> None:
    done = run(tmp_path, "pull", server, "--all")
    assert done.returncode == 0, done.stderr
    assert "2026-07-01 10:00:00 to 2026-07-01 11:00:00 UTC" in done.stdout
    assert f"all {MIX.count:,}; 3 calls" in done.stdout
    assert str(tmp_path / "cache") in done.stdout


def test_progress_is_plain_lines_without_a_terminal_and_the_first_findings_come_early(
    server: LoggingServer, tmp_path: Path
) -> None:
    done = run(tmp_path, "pull", server)
    assert "\x1b" not in done.stderr
    assert "\r" not in done.stderr
    lines = done.stderr.splitlines()
    found = next(n for n, line in enumerate(lines) if line.startswith("first findings"))
    assert re.match(r"\s+\d+ x \S", lines[found + 1])
    assert found < next(n for n, line in enumerate(lines) if line.startswith("texts:"))
    assert any(
        re.match(r"errors: \d+ slices, [\d,]+ entries, \d+ calls, \d+ of 6000 calls this minute", x) for x in lines
    )


def test_quiet_is_quiet(server: LoggingServer, tmp_path: Path) -> None:
    done = run(tmp_path, "pull", server, "--all", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", ["out.jsonl", "out.json", "out.parquet"])
def test_the_entries_are_written_as_json_lines_or_parquet(server: LoggingServer, tmp_path: Path, name: str) -> None:
    done = run(tmp_path, "pull", server, "--all", "-o", name)
    assert done.returncode == 0, done.stderr
    if name.endswith("parquet"):
        table = pq.read_table(tmp_path / name)
        columns = (table[c].to_pylist() for c in ("log_name", "timestamp", "insert_id"))
        found = list(zip(*columns, strict=True))
    else:
        found = written(tmp_path / name)
    assert len(found) == MIX.count
    assert set(found) == server.truth()


def test_live_entries_and_the_same_entries_in_a_file_give_the_same_clusters(
    server: LoggingServer, tmp_path: Path
) -> None:
    live = run(tmp_path, "analyze", server, "--all", "-o", "live.json", "--members")
    assert live.returncode == 0, live.stderr
    for name in ("pulled.jsonl", "pulled.parquet"):
        assert run(tmp_path, "pull", server, "--all", "-o", name).returncode == 0
        subprocess.run(
            [sys.executable, "-m", "analyzer", "analyze", name, "-o", f"{name}.json", "--members", "--quiet"],
            cwd=tmp_path, env=environment(tmp_path), check=True,
        )  # fmt: skip
    reports = [
        json.loads((tmp_path / f).read_text()) for f in ("live.json", "pulled.jsonl.json", "pulled.parquet.json")
    ]
    assert reports[0]["clusters"]
    for report in reports[1:]:
        assert report["clusters"] == reports[0]["clusters"]
        assert report["deploys"] == reports[0]["deploys"]
        for figure in ("entries", "error_entries", "warning_entries", "error_events", "duplicates"):
            assert report["ledger"][figure] == reports[0]["ledger"][figure]


def test_what_was_left_out_stands_in_the_report(server: LoggingServer, tmp_path: Path) -> None:
    done = run(tmp_path, "analyze", server, "--json", "--sample", "0.05")
    assert done.returncode == 0, done.stderr
    (gap,) = json.loads(done.stdout)["ledger"]["gaps"]
    assert "a sample of 5.00% was pulled" in gap["reason"]


def test_ctrl_c_keeps_what_came_and_says_how_to_go_on(server: LoggingServer, tmp_path: Path) -> None:
    server.set_faults(slow=1.0, slow_s=1.5)
    process = subprocess.Popen(
        command("pull", server, *WINDOW, "--all"), cwd=tmp_path, env=environment(tmp_path),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 30
    while not any(call["outcome"] for call in server.journal()) and time.monotonic() < until:
        time.sleep(0.05)
    time.sleep(0.7)  # in the middle of the second call
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    (line,) = [x for x in said.splitlines() if "go on with: " in x]
    server.set_faults()
    server.reset()
    again = subprocess.run(
        [sys.executable, "-m", *line.partition("go on with: ")[2].split()], cwd=tmp_path, env=environment(tmp_path),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert f"all {MIX.count:,}; 2 calls" in again.stdout


def test_a_dry_run_tells_calls_and_minutes_and_keeps_nothing(server: LoggingServer, tmp_path: Path) -> None:
    done = run(tmp_path, "pull", server, "--all", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert re.search(r"all: about 3 calls, about [23],\d{3} entries", done.stdout)
    assert re.search(r"in all: 3 calls, 0\.0 minutes at 6000 calls a minute \(this estimate took 1 call", done.stdout)
    assert run(tmp_path, "pull", server, "--all").stdout.count("3 calls") == 1


def test_a_long_pull_names_the_cheaper_doors_with_the_command(server: LoggingServer, tmp_path: Path) -> None:
    words = command("pull", server, *WINDOW, "--all", "--dry-run")
    words[words.index("6000")] = "1"
    wide = [w.replace("2026-07-01T10:00:00Z", "2026-06-29T10:00:00Z") for w in words]
    done = subprocess.run(
        wide, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, check=True, timeout=60
    )
    assert "bq query --project_id=shop-staging" in done.stdout
    assert "gcloud logging copy _Default" in done.stdout


@pytest.mark.parametrize(
    ("fault", "says", "code"),
    [("permission", "roles/logging.viewer", 3), ("unauthenticated", "gcloud auth application-default login", 3)],
)
@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_a_refusal_is_exit_3_and_names_the_remedy(
    server: LoggingServer, tmp_path: Path, fault: str, says: str, code: int, surface: str
) -> None:
    server.set_faults(**{fault: True})
    words = command("pull", server, *WINDOW, "--all")
    if surface == "rest":
        words[words.index(server.grpc_endpoint)] = server.rest_endpoint
    done = subprocess.run(words, cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (code, "")
    assert says in done.stderr
    assert "crashed" not in done.stderr


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--since", "2 parsecs"], "parsecs"),
        ([], "no window was given"),
        (["--since", "2h", "--endpoint", "nonsense"], "--endpoint nonsense"),
        (["--since", "2h", "--transport", "pigeon"], "pigeon"),
        (["--since", "2h", "-o", "out.csv"], ".parquet"),
        (["--since", "2h", "-o", "nowhere/out.jsonl"], "cannot be written"),
        (["--since", "2h", "--project", "a/b/c"], "a/b/c"),
        (["--around", "none.xml"], "none.xml"),
        (["--since", "2h", "--max-requests", "1000000"], "60,000"),
    ],
)
def test_bad_options_are_exit_2_with_a_hint(tmp_path: Path, args: list[str], says: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "analyzer", "pull", "--project", "p", *args],
        cwd=tmp_path, env=environment(tmp_path), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert says in done.stderr
    assert "hint: " in done.stderr
    assert "crashed" not in done.stderr


def test_the_window_of_a_test_run_is_pulled(server: LoggingServer, tmp_path: Path) -> None:
    (tmp_path / "junit.xml").write_text(
        '<testsuite name="e2e" timestamp="2026-07-01T10:20:00Z" time="60"><testcase name="a" time="60"/></testsuite>'
    )
    done = run(tmp_path, "pull", server, "--all", "--around", "junit.xml", window=())
    assert done.returncode == 0, done.stderr
    assert "2026-07-01 10:18:00 to 2026-07-01 10:26:00 UTC" in done.stdout


CLOUD = "[m for m in sys.modules if m == 'grpc' or m.startswith(('grpc.', 'google.'))]"


@pytest.mark.parametrize("work", ["", "analyzer.analyze(['logs.json'])", "analyzer.open_source('logs.json').read()"])
def test_reading_files_never_imports_the_cloud_client(tmp_path: Path, work: str) -> None:
    entry: dict[str, Any] = {
        "insertId": "1",
        "timestamp": "2026-05-01T10:00:00Z",
        "severity": "ERROR",
        "textPayload": "x",
    }
    (tmp_path / "logs.json").write_text(json.dumps([entry]))
    code = f"import sys, analyzer; {work or 'pass'}; sys.exit(str({CLOUD}) if {CLOUD} else 0)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
