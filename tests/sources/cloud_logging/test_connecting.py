"""Where the questions go: TLS both ways, both surfaces at once, and nothing secret where there is no TLS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from analyzer.errors import ConfigError, SourceError
from analyzer.sources.cloud_logging.connecting import Endpoints, read_endpoints
from tests.logging_server import LoggingServer, Mix
from tests.sources.cloud_logging.credential_files import key_file
from tests.sources.cloud_logging.killing import written
from tests.sources.cloud_logging.pulls import opened, pulled
from tests.sources.cloud_logging.running import DEAD, run_pull
from tests.sources.cloud_logging.token_server import token_server

PROXIES = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "grpc_proxy", "ALL_PROXY", "all_proxy")


def roots(server: LoggingServer) -> dict[str, str]:
    return {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": server.ca_file, "REQUESTS_CA_BUNDLE": server.ca_file}


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_everything_is_pulled_over_tls(server: LoggingServer, mix: Mix, tmp_path: Path, surface: str) -> None:
    # a process of its own: gRPC reads its roots once
    endpoint = f"grpcs://{server.grpc_tls_endpoint}" if surface == "grpc" else server.rest_tls_endpoint
    output = tmp_path / "pulled.jsonl"
    done = run_pull(tmp_path, mix, "--all", "--endpoint", endpoint, "-o", str(output), **roots(server))
    assert done.returncode == 0, done.stderr
    assert set(written(output)) == server.truth()
    assert server.stats()["doors"] == {surface: mix.count // 1_000}


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_a_server_nobody_vouches_for_is_told_of_at_once(
    server: LoggingServer, mix: Mix, cache: Path, surface: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none"))
    endpoint = f"grpcs://{server.grpc_tls_endpoint}" if surface == "grpc" else server.rest_tls_endpoint
    with pytest.raises(SourceError, match="no trusted connection") as caught:
        opened(server, mix, cache, endpoint=[endpoint]).pull()
    assert "REQUESTS_CA_BUNDLE" in caught.value.hint
    assert server.stats()["calls"] == 0


def test_tls_asked_of_a_server_without_is_told_at_once(
    server: LoggingServer, mix: Mix, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none"))
    with pytest.raises(SourceError, match="no trusted connection"):
        opened(server, mix, cache, endpoint=[f"grpcs://{server.grpc_endpoint}"]).pull()


def test_a_file_of_authorities_that_is_not_there_is_named(
    server: LoggingServer, mix: Mix, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "none"))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nothing.pem"))
    with pytest.raises(SourceError, match=r"nothing\.pem"):
        opened(server, mix, cache, endpoint=[server.rest_tls_endpoint]).pull()


def test_with_both_endpoints_errors_come_by_rest_with_their_groups_and_the_rest_by_grpc(
    server: LoggingServer, mix: Mix, cache: Path
) -> None:
    both = opened(server, mix, cache, every=False, sample=1.0, endpoint=[server.rest_endpoint, server.grpc_endpoint])
    _, found = pulled(both)
    assert set(found) == server.truth()
    assert any(row.error_groups for row in both.rows())
    (errors,) = (tier.filter for tier in both.tiers if tier.name == "errors")
    assert {call["door"] for call in server.journal() if call["filter"].startswith(f"({errors})")} == {"rest"}
    assert {call["door"] for call in server.journal() if not call["filter"].startswith(f"({errors})")} == {"grpc"}


def test_grpc_alone_knows_no_error_groups(server: LoggingServer, mix: Mix, cache: Path) -> None:
    source = opened(server, mix, cache, every=False)
    source.pull()
    assert server.stats()["doors"].keys() == {"grpc"}
    assert not any(row.error_groups for row in source.rows())


def test_a_transport_picks_one_of_two_endpoints(server: LoggingServer, mix: Mix, cache: Path) -> None:
    both = [server.rest_endpoint, server.grpc_endpoint]
    opened(server, mix, cache, every=False, endpoint=both, transport="rest").pull()
    assert server.stats()["doors"].keys() == {"rest"}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ([], Endpoints()),
        (["127.0.0.1:8080"], Endpoints(grpc="127.0.0.1:8080", grpc_tls=False, named=True)),
        (["grpc://localhost:1"], Endpoints(grpc="localhost:1", grpc_tls=False, named=True)),
        (["grpcs://[::1]:443"], Endpoints(grpc="[::1]:443", named=True)),
        (["https://logs.example.com"], Endpoints(rest="https://logs.example.com", named=True)),
        (["http://[::1]:80/"], Endpoints(rest="http://[::1]:80", named=True)),
        (
            ["http://127.0.0.1:65535", "grpcs://a-b.example.com:65535"],
            Endpoints(rest="http://127.0.0.1:65535", grpc="a-b.example.com:65535", named=True),
        ),
    ],
    ids=str,
)
def test_an_endpoint_is_understood(given: list[str], found: Endpoints) -> None:
    assert read_endpoints(given, None) == found


@pytest.mark.parametrize(
    "given",
    [
        [""],
        [" 127.0.0.1:1"],
        ["127.0.0.1"],
        ["127.0.0.1:"],
        ["127.0.0.1:0"],
        ["127.0.0.1:65536"],
        ["127.0.0.1:٣"],
        ["http://"],
        ["http://:80"],
        ["http://127.0.0.1:99999"],
        ["http://127.0.0.1:80/v2"],
        ["http://127.0.0.1:80//"],
        ["http://user:word@127.0.0.1:80"],
        ["http://127.0.0.1:80?a=b"],
        ["http://a..example.com"],
        ["http://-a.example.com"],
        ["http://" + "a" * 64 + ".example.com"],
        ["http://exa mple.com"],
        ["http://127.0.0.1\n:80"],
        ["http://[::1"],
        ["http://[::g]:80"],
        ["http://[1:2]:80"],
        ["ftp://127.0.0.1:80"],
        ["://127.0.0.1:80"],
        ["grpc://grpcs://127.0.0.1:80"],
        ["grpcs://127.0.0.1"],
        ["grpcs://127.0.0.1:1/"],
        ["127.0.0.1:1", "grpcs://127.0.0.1:2"],
        ["http://127.0.0.1:1", "https://127.0.0.1:2"],
        ["127.0.0.1:1", "http://127.0.0.1:2", "127.0.0.1:3"],
    ],
    ids=repr,
)
def test_an_endpoint_that_cannot_be_is_refused(given: list[str]) -> None:
    with pytest.raises(ConfigError, match="--endpoint") as caught:
        read_endpoints(given, None)
    assert "host:port" in caught.value.hint


@pytest.mark.parametrize(
    ("given", "transport"),
    [
        (["127.0.0.1:1"], "rest"),
        (["grpcs://127.0.0.1:1"], "rest"),
        (["http://127.0.0.1:1"], "grpc"),
        (["https://127.0.0.1:1"], "grpc"),
        ([], "carrier pigeon"),
        ([], "GRPC"),
        ([], ""),
    ],
)
def test_a_transport_that_does_not_fit_is_refused(given: list[str], transport: str) -> None:
    with pytest.raises(ConfigError, match="--transport"):
        read_endpoints(given, transport)


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_a_server_without_tls_is_sent_no_credentials(
    server: LoggingServer, mix: Mix, cache: Path, surface: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with token_server() as tokens:
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", key_file(tmp_path, tokens.url, quota_project_id="payer"))
        opened(server, mix, cache, surface=surface, impersonate="robot@demo.example.com").pull()
        assert tokens.asked == []
    assert {(call["authorization"], call["user_project"]) for call in server.journal()} == {("", "")}


def test_of_two_endpoints_only_the_one_with_tls_is_sent_credentials(
    server: LoggingServer, mix: Mix, tmp_path: Path
) -> None:
    env = roots(server)
    with token_server() as tokens:
        env["GOOGLE_APPLICATION_CREDENTIALS"] = key_file(tmp_path, tokens.url)
        for endpoints in (
            (f"grpcs://{server.grpc_tls_endpoint}", server.rest_endpoint),
            (server.grpc_endpoint, server.rest_tls_endpoint),
        ):
            words = [word for endpoint in endpoints for word in ("--endpoint", endpoint)]
            done = run_pull(tmp_path / endpoints[0][:4], mix, *words, **env)
            assert done.returncode == 0, done.stderr
            tls = "grpc" if endpoints[0].startswith("grpcs") else "rest"
            told = {(call["door"], call["authorization"][:12]) for call in server.journal()}
            assert told == {(tls, "Bearer token"), ("rest" if tls == "grpc" else "grpc", "")}
            server.reset()


@pytest.mark.parametrize("surface", ["grpc", "rest"])
def test_proxies_are_for_the_way_to_google_not_to_a_plain_server(
    server: LoggingServer, mix: Mix, tmp_path: Path, surface: str
) -> None:
    endpoint = server.grpc_endpoint if surface == "grpc" else server.rest_endpoint
    done = run_pull(tmp_path, mix, "--endpoint", endpoint, **dict.fromkeys(PROXIES, DEAD), NO_PROXY="")
    assert done.returncode == 0, done.stderr
    assert server.stats()["doors"].keys() == {surface}


def test_the_endpoint_may_come_from_the_environment(server: LoggingServer, mix: Mix, tmp_path: Path) -> None:
    output = tmp_path / "pulled.jsonl"
    done = run_pull(
        tmp_path, mix, "-o", str(output), ANALYZER_ENDPOINT=f"{server.grpc_endpoint},{server.rest_endpoint}"
    )
    assert done.returncode == 0, done.stderr
    assert any("errorGroups" in json.loads(line) for line in output.read_text(encoding="utf-8").splitlines())
