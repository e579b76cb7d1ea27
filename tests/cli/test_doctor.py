"""`analyzer doctor` as a user runs it: real clones, real caches, a real server; the remedies are what is promised."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.logging_server import LoggingServer, Mix, logging_server

Checks = dict[str, dict[str, Any]]
DISABLED = (
    "Cloud Logging API has not been used in project 421 before or it is disabled. Enable it by visiting "
    "https://console.example.com/apis/api/logging.googleapis.com/overview?project=421 then retry."
)


def run(*args: str | Path, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ANALYZER_", "GOOGLE_", "CLOUDSDK_"))}
    env |= {"ANALYZER_CACHE_DIR": str(cwd / "cache"), "PYTHONWARNINGS": "ignore"}
    env |= {"NO_GCE_CHECK": "true", "CLOUDSDK_CONFIG": str(cwd / "nothing")} | environ
    return subprocess.run(
        [sys.executable, "-m", "analyzer", "doctor", *map(str, args)],
        cwd=cwd, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def checks_of(*args: str | Path, cwd: Path, **environ: str) -> Checks:
    """The checks by name. The exit code says no exactly where one failed."""
    done = run(*args, "--json", cwd=cwd, **environ)
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert done.returncode == any(check["status"] == "failed" for check in checks.values()), done.stderr
    assert all(check["remedy"] for check in checks.values() if check["status"] in ("failed", "warning"))
    return checks


def git(folder: Path, *args: str) -> None:
    settings = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", "-C", str(folder), *settings, *args], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q")
    for number in range(3):
        (folder / "orders.py").write_text(f"ORDERS = {number}\n")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", f"Take {number} orders")
    return folder


def entry_at(seconds: float) -> dict[str, Any]:
    """An entry with a time, received at the same; Unix seconds."""
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    return {
        "logName": "projects/demo/logs/app",
        "timestamp": stamp,
        "receiveTimestamp": stamp,
        "insertId": "a",
        "textPayload": "the oven is cold",
        "resource": {"type": "global", "labels": {"project_id": "demo"}},
    }


# --- this machine ----------------------------------------------------------------------------------------------------


def test_without_a_project_nothing_is_asked_and_a_sound_machine_passes(tmp_path: Path, repository: Path) -> None:
    done = run("--repo", repository, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert any(line.startswith("ok       git  ") for line in lines)
    assert f"ok       repository {repository}  3 commits at hand" in done.stdout
    assert "skipped  history  cycles are not saved here" in lines
    asked = lines.index(
        "skipped  cloud  credentials, access, quota, clock: nothing is asked over the network without a project"
    )
    assert lines[asked + 1].strip() == "analyzer doctor --project ID"
    assert not (tmp_path / "cache").exists()


def test_without_a_project_google_is_not_imported(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from analyzer.pipeline.doctor import run_checks\n"
        "list(run_checks({}, environ={}, folder=Path.cwd()))\n"
        "print([m for m in sys.modules if m == 'grpc' or m.startswith(('grpc.', 'google.'))])"
    )
    env = {**os.environ, "ANALYZER_CACHE_DIR": str(tmp_path), "PYTHONWARNINGS": "ignore"}
    (tmp_path / "pulled").mkdir()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == "[]"


def test_a_shallow_clone_is_told_with_its_depth_and_how_to_deepen_it(tmp_path: Path, repository: Path) -> None:
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{repository}", "shallow")
    check = checks_of("--repo", "shallow", cwd=tmp_path)["repository shallow"]
    assert check["status"] == "warning"
    assert "a shallow clone: 2 commits at hand" in check["finding"]
    assert check["remedy"] == "git -C shallow fetch --unshallow"
    git(tmp_path / "shallow", "fetch", "--unshallow")
    assert checks_of("--repo", "shallow", cwd=tmp_path)["repository shallow"]["status"] == "ok"


def test_a_partial_clone_is_told_and_its_remedy_makes_it_whole(tmp_path: Path, repository: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{repository}", "partial")
    check = checks_of("--repo", "partial", cwd=tmp_path)["repository partial"]
    assert check["status"] == "warning"
    assert check["finding"].startswith("a partial clone: 3 commits at hand")
    subprocess.run(["sh", "-c", check["remedy"]], cwd=tmp_path, check=True, capture_output=True)
    assert checks_of("--repo", "partial", cwd=tmp_path)["repository partial"]["status"] == "ok"


def test_changed_files_are_told_and_no_failure(tmp_path: Path, repository: Path) -> None:
    (repository / "orders.py").write_text("ORDERS = None\n")
    check = checks_of("--repo", repository, cwd=tmp_path)[f"repository {repository}, work tree"]
    assert check["status"] == "warning"
    assert check["finding"].startswith("1 source file differs from HEAD")


def test_a_folder_that_is_not_there_fails_and_one_without_git_does_not(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    assert checks_of("--repo", "plain", cwd=tmp_path)["repository plain"]["status"] == "warning"
    assert checks_of("--repo", "missing", cwd=tmp_path)["repository missing"]["status"] == "failed"


def test_a_machine_without_git_fails_with_a_remedy(tmp_path: Path) -> None:
    check = checks_of(cwd=tmp_path, PATH=str(tmp_path))["git"]
    assert check["status"] == "failed"
    assert check["remedy"].startswith("install git")


def test_settings_that_cannot_be_read_fail_and_the_other_checks_go_on(tmp_path: Path) -> None:
    (tmp_path / "analyzer.toml").write_text("colour = 'red'\n")
    checks = checks_of(cwd=tmp_path)
    assert checks["settings"]["status"] == "failed"
    assert "unknown setting 'colour'" in checks["settings"]["finding"]
    assert checks["rules"]["status"] == "ok"


def test_a_broken_rule_pack_is_named(tmp_path: Path) -> None:
    (tmp_path / "own" / "noise").mkdir(parents=True)
    (tmp_path / "own" / "noise" / "mine.toml").write_text("[[rule]]\nid = 'noise.mine'\n")
    check = checks_of(cwd=tmp_path, ANALYZER_RULES=str(tmp_path / "own"))["rules"]
    assert check["status"] == "failed"
    assert "mine.toml" in check["finding"]


# --- the cache -------------------------------------------------------------------------------------------------------


def test_a_manifest_that_is_none_fails_and_says_what_to_delete(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "pulled"
    folder.mkdir(parents=True, mode=0o700)
    (folder / "manifest-1.sqlite3").write_bytes(b"no database at all" * 100)
    check = checks_of(cwd=tmp_path)["pulled entries"]
    assert check["status"] == "failed"
    assert check["remedy"].endswith(f"rm -r {folder}")


def test_a_folder_that_others_may_read_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "pulled"
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    check = checks_of(cwd=tmp_path)["pulled entries, privacy"]
    assert check["status"] == "warning"
    assert check["remedy"] == f"chmod 700 {folder}"


def test_a_broken_code_index_costs_time_and_is_no_failure(tmp_path: Path, repository: Path) -> None:
    (tmp_path / "cache").mkdir()
    env = {**os.environ, "ANALYZER_CACHE_DIR": str(tmp_path / "cache"), "PYTHONWARNINGS": "ignore"}
    where = [sys.executable, "-m", "analyzer", "where", "orders", "--repo", str(repository)]
    subprocess.run(where, capture_output=True, check=False, env=env)
    (file,) = (tmp_path / "cache").glob("statements-*.sqlite3")
    assert checks_of(cwd=tmp_path)["code index"]["status"] == "ok"
    file.write_bytes(b"no database at all" * 100)
    check = checks_of(cwd=tmp_path)["code index"]
    assert check["status"] == "warning"
    assert str(file) in check["remedy"]


def test_a_cache_that_is_a_file_fails(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    check = checks_of(cwd=tmp_path)["cache folder"]
    assert check["status"] == "failed"
    assert "ANALYZER_CACHE_DIR" in check["remedy"]


def test_lost_files_and_a_pull_that_broke_off_are_told(tmp_path: Path, server: LoggingServer) -> None:
    env = {**os.environ, "ANALYZER_CACHE_DIR": str(tmp_path / "cache"), "PYTHONWARNINGS": "ignore"}
    pull = [sys.executable, "-m", "analyzer", "pull", "--project", "demo", "--all", "--quiet"]
    pull += ["--since", "1h", "--endpoint", server.rest_endpoint]
    server.add([entry_at(time.time() - 600)])
    subprocess.run(pull, cwd=tmp_path, check=True, env=env)
    assert checks_of(cwd=tmp_path)["pulled entries"]["status"] == "ok"
    folder = tmp_path / "cache" / "pulled"
    with closing(sqlite3.connect(next(folder.glob("manifest-*.sqlite3")))) as manifest:
        manifest.execute("UPDATE slice SET done = 0")
        manifest.commit()
    parts = list(folder.glob("*/*.parquet"))
    parts[0].with_name(".writing-left").write_bytes(b"half a file")
    parts[0].write_bytes(b"")
    checks = checks_of(cwd=tmp_path)
    assert checks["pulled entries"]["status"] == "failed"
    assert checks["pulled entries"]["remedy"].startswith("analyzer cache verify --repair")
    assert checks["pulled entries, left over"]["status"] == "warning"
    assert "a pull of projects/demo broke off" in checks["pulled entries, unfinished"]["finding"]


# --- the cloud -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running() -> Iterator[LoggingServer]:
    with logging_server(made=Mix(count=50, seed=3)) as server:
        yield server


@pytest.fixture
def server(running: LoggingServer) -> Iterator[LoggingServer]:
    yield running
    running.set_faults()
    running.set_quota()
    running.reset()


def test_a_project_that_can_be_read_takes_a_call_on_each_surface(tmp_path: Path, server: LoggingServer) -> None:
    ends = ("--endpoint", server.grpc_endpoint, "--endpoint", server.rest_endpoint)
    checks = checks_of("--project", "demo", *ends, cwd=tmp_path)
    for name in ("credentials", "access projects/demo", "error groups projects/demo", "quota", "clock"):
        assert checks[name]["status"] == "ok", name
    assert checks["data access logs projects/demo"]["status"] == "skipped"
    assert sorted(call["door"] for call in server.journal()) == ["grpc", "rest"]


@pytest.mark.parametrize("door", ["grpc_endpoint", "rest_endpoint"])
def test_a_missing_role_is_named_with_the_command_that_grants_it(
    tmp_path: Path, server: LoggingServer, door: str
) -> None:
    server.set_faults(permission=True)
    check = checks_of("--project", "demo", "--endpoint", getattr(server, door), cwd=tmp_path)["access projects/demo"]
    assert check["status"] == "failed"
    assert check["remedy"].startswith("gcloud projects add-iam-policy-binding demo --role=roles/logging.viewer")


def test_refused_credentials_say_how_to_sign_in(tmp_path: Path, server: LoggingServer) -> None:
    server.set_faults(unauthenticated=True)
    checks = checks_of("--project", "demo", "--endpoint", server.grpc_endpoint, cwd=tmp_path)
    assert "gcloud auth application-default login" in checks["access projects/demo"]["remedy"]


def test_a_server_that_never_answers_well_is_asked_three_times_at_most(tmp_path: Path, server: LoggingServer) -> None:
    server.set_faults(unavailable=1.0)
    ends = ("--endpoint", server.grpc_endpoint, "--endpoint", server.rest_endpoint)
    assert checks_of("--project", "demo", *ends, cwd=tmp_path)["access projects/demo"]["status"] == "failed"
    assert len(server.journal()) <= 3


def test_an_exhausted_quota_is_no_failure_and_binds_the_next_run(tmp_path: Path, server: LoggingServer) -> None:
    server.set_faults(exhausted=1.0, exhausted_s=600)
    end = ("--project", "demo", "--endpoint", server.rest_endpoint)
    assert checks_of(*end, cwd=tmp_path)["access projects/demo"]["status"] == "warning"
    checks = checks_of(*end, cwd=tmp_path)
    assert "no call may start" in checks["access projects/demo"]["finding"]
    assert checks["quota"]["status"] == "warning"
    assert len(server.journal()) == 1


def test_no_credentials_are_told_and_nothing_is_asked(tmp_path: Path) -> None:
    checks = checks_of("--project", "demo", cwd=tmp_path)
    assert checks["credentials"]["status"] == "failed"
    assert "gcloud auth application-default login" in checks["credentials"]["remedy"]
    assert checks["access, quota, clock"]["status"] == "skipped"


def test_an_endpoint_that_is_none_is_a_failed_check(tmp_path: Path) -> None:
    checks = checks_of("--project", "demo", "--endpoint", "ftp://x", cwd=tmp_path)
    assert checks["cloud"]["status"] == "failed"


@contextmanager
def answering(code: int, document: Mapping[str, Any], clock_s: float = 0.0) -> Iterator[str]:
    """A server that answers every POST so, its clock so far from ours."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(document).encode()
            self.send_response_only(code)
            self.send_header("Date", formatdate(time.time() + clock_s, usegmt=True))
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def error(code: int, status: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "status": status, "message": message}}


def test_an_api_that_is_not_enabled_is_told_with_the_project_that_lacks_it(tmp_path: Path) -> None:
    with answering(403, error(403, "PERMISSION_DENIED", DISABLED)) as url:
        check = checks_of("--project", "demo", "--endpoint", url, cwd=tmp_path)["access projects/demo"]
    assert check["remedy"] == "gcloud services enable logging.googleapis.com --project 421"


def test_a_project_that_does_not_exist_says_where_to_look(tmp_path: Path) -> None:
    with answering(404, error(404, "NOT_FOUND", "Project does not exist: demo")) as url:
        check = checks_of("--project", "demo", "--endpoint", url, cwd=tmp_path)["access projects/demo"]
    assert (check["status"], check["remedy"]) == ("failed", "see the ids with: gcloud projects list")


@pytest.mark.parametrize(
    ("ahead_s", "status", "words"),
    [
        (300, "failed", "behind the server's"),
        (-300, "failed", "ahead of the server's"),
        (45, "warning", "behind"),
        (-45, "warning", "ahead"),
        (0, "ok", "agrees"),
    ],
)
def test_a_clock_that_is_wrong_is_told(tmp_path: Path, ahead_s: float, status: str, words: str) -> None:
    with answering(200, {}, clock_s=ahead_s) as url:
        check = checks_of("--project", "demo", "--endpoint", url, cwd=tmp_path)["clock"]
    assert check["status"] == status
    assert words in check["finding"]


def test_over_grpc_an_entry_from_the_future_tells_of_a_wrong_clock(tmp_path: Path) -> None:
    hour = 3600
    with logging_server([entry_at(time.time() + hour)]) as server:
        server.set_clock(hour + 60)
        check = checks_of("--project", "demo", "--endpoint", server.grpc_endpoint, cwd=tmp_path)["clock"]
    assert check["status"] == "failed"


def test_what_a_server_says_cannot_act_on_the_terminal(tmp_path: Path) -> None:
    hostile = "\x1b[2Jok\r\nok  all is well \u202e token ghp_" + "a" * 36
    with answering(403, error(403, "PERMISSION_DENIED", hostile)) as url:
        done = run("--project", "demo", "--endpoint", url, cwd=tmp_path)
        shown = run("--project", "demo", "--endpoint", url, "--json", cwd=tmp_path)
    assert not {"\x1b", "\r", "\u202e"} & set(done.stdout + shown.stdout)
    assert not any(line.startswith("ok  all") for line in done.stdout.splitlines())
    assert "aaaaaaaa" not in done.stdout + shown.stdout


def test_a_key_that_was_withdrawn_is_told_before_any_project_is_asked(tmp_path: Path, server: LoggingServer) -> None:
    with answering(400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}) as token_url:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        (tmp_path / "key.json").write_text(
            json.dumps(
                {
                    "type": "service_account",
                    "project_id": "demo",
                    "client_email": "robot@demo.example.com",
                    "token_uri": f"{token_url}/token",
                    "private_key": key.private_bytes(
                        serialization.Encoding.PEM,
                        serialization.PrivateFormat.PKCS8,
                        serialization.NoEncryption(),
                    ).decode(),
                }
            )
        )
        checks = checks_of(
            "--project", "demo", "--endpoint", server.rest_tls_endpoint, cwd=tmp_path,
            GOOGLE_APPLICATION_CREDENTIALS=str(tmp_path / "key.json"), REQUESTS_CA_BUNDLE=server.ca_file,
        )  # fmt: skip
    assert checks["credentials"]["status"] == "failed"
    assert "key of service account robot@demo.example.com: expired or refused" in checks["credentials"]["finding"]
    assert "--iam-account=robot@demo.example.com" in checks["credentials"]["remedy"]
    assert server.journal() == []
