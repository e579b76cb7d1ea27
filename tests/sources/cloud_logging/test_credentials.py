"""As whom the questions are asked: tokens had and refused, another account acted as, the project that pays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from analyzer.errors import SourceRefusedError
from analyzer.sources.cloud_logging.source import open_cloud_logging
from tests.logging_server import LoggingServer, Mix
from tests.logging_server.certificates import Certificates, make_certificates
from tests.sources.cloud_logging.credential_files import ACCOUNT, key_file, user_file
from tests.sources.cloud_logging.pulls import opened, pulled, window_of
from tests.sources.cloud_logging.running import clean, run_pull
from tests.sources.cloud_logging.token_server import (
    Answer,
    Proxy,
    TokenServer,
    connect_proxy,
    oauth,
    refused,
    token_server,
)

ROBOT = "robot@fleet-staging.example.com"
SIGN_IN = "gcloud auth application-default login"
READ = "https://www.googleapis.com/auth/logging.read"


@pytest.fixture(scope="module")
def googles(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """What makes a server on loopback pass for Google's."""
    folder = tmp_path_factory.mktemp("certificates")
    return make_certificates(folder, "iamcredentials.googleapis.com", "oauth2.googleapis.com", "logging.googleapis.com")


@pytest.fixture
def environ(
    server: LoggingServer, googles: Certificates, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """This process' environment, with nobody's credentials and both authorities trusted."""
    for name in os.environ:
        monkeypatch.delenv(name)
    for name, value in (clean(dict(os.environ), tmp_path) | trust(server, googles, tmp_path)).items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def trust(server: LoggingServer, googles: Certificates, folder: Path) -> dict[str, str]:
    bundle = folder / "authorities.pem"
    bundle.write_bytes(Path(server.ca_file).read_bytes() + googles.ca_file.read_bytes())
    return {"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(bundle), "REQUESTS_CA_BUNDLE": str(bundle)}


def iam(number: int) -> Answer:
    return 200, {"accessToken": f"robots-{number}", "expireTime": "2099-01-01T00:00:00Z"}


def iam_denies(_: int) -> Answer:
    message = "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
    return 403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": message}}


@contextmanager
def google(tokens: TokenServer, environ: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Whatever host of Google's is asked, the token server answers."""
    with connect_proxy(tokens.port) as proxy:
        environ.setenv("HTTPS_PROXY", proxy.url)
        yield proxy


def sent(server: LoggingServer) -> set[tuple[str, str]]:
    return {(call["authorization"], call["user_project"]) for call in server.journal()}


def test_a_key_is_turned_into_a_token_once(
    server: LoggingServer, mix: Mix, cache: Path, environ: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with token_server() as tokens:
        environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", key_file(tmp_path, tokens.url))
        _, found = pulled(opened(server, mix, cache, endpoint=[server.rest_tls_endpoint]))
    assert set(found) == server.truth()
    assert sent(server) == {("Bearer token-1", "")}
    assert [asked.body["grant_type"] for asked in tokens.asked] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]


def test_both_surfaces_are_asked_with_the_same_token_and_payer(
    server: LoggingServer, googles: Certificates, mix: Mix, tmp_path: Path
) -> None:
    endpoints = ("--endpoint", f"grpcs://{server.grpc_tls_endpoint}", "--endpoint", server.rest_tls_endpoint)
    with token_server() as tokens:
        env = trust(server, googles, tmp_path)
        env |= {"GOOGLE_APPLICATION_CREDENTIALS": key_file(tmp_path, tokens.url), "GOOGLE_CLOUD_QUOTA_PROJECT": "payer"}
        done = run_pull(tmp_path, mix, *endpoints, **env)
    assert done.returncode == 0, done.stderr
    assert sent(server) == {("Bearer token-1", "payer")}
    assert server.stats()["doors"].keys() == {"grpc", "rest"}
    assert len(tokens.asked) == 1


def test_a_token_that_runs_out_is_renewed_between_pages(
    server: LoggingServer, mix: Mix, cache: Path, environ: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with token_server(partial(oauth, life_s=60)) as tokens:
        environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", key_file(tmp_path, tokens.url))
        _, found = pulled(opened(server, mix, cache, endpoint=[server.rest_tls_endpoint]))
    assert set(found) == server.truth()
    assert len(sent(server)) == mix.count // 1_000
    assert len(tokens.asked) >= mix.count // 1_000


def test_a_signed_in_user_is_asked_for_nothing(
    server: LoggingServer,
    googles: Certificates,
    mix: Mix,
    cache: Path,
    environ: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with token_server(tls=googles) as tokens, google(tokens, environ) as proxy:
        environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", user_file(tmp_path, tokens.url, quota_project_id="payer"))
        source = opened(server, mix, cache, endpoint=[server.rest_tls_endpoint])
        source.pull()
    assert proxy.hosts == ["oauth2.googleapis.com:443"]  # google.auth asks there, whatever the file says
    assert [asked.body["refresh_token"] for asked in tokens.asked] == ["refresh-me"]
    assert sent(server) == {("Bearer token-1", "payer")}
    assert source.connector.counted_as().split("+")[0] == "payer"


@pytest.mark.parametrize("kind", ["user", "key"])
def test_a_sign_in_that_has_ended_is_told_with_the_command_that_renews_it(
    server: LoggingServer,
    googles: Certificates,
    mix: Mix,
    cache: Path,
    environ: pytest.MonkeyPatch,
    tmp_path: Path,
    kind: str,
) -> None:
    with token_server(refused, tls=googles) as tokens, google(tokens, environ):
        file = user_file if kind == "user" else key_file
        environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", file(tmp_path, tokens.url))
        with pytest.raises(SourceRefusedError, match="invalid_grant") as caught:
            opened(server, mix, cache, endpoint=[server.rest_tls_endpoint]).pull()
    assert SIGN_IN in caught.value.hint
    assert len(tokens.asked) == 1
    assert server.stats()["calls"] == 0


def test_over_grpc_too_it_is_told_at_once_with_exit_code_3(
    server: LoggingServer, googles: Certificates, mix: Mix, tmp_path: Path
) -> None:
    with token_server(refused) as tokens:
        env = trust(server, googles, tmp_path)
        env["GOOGLE_APPLICATION_CREDENTIALS"] = key_file(tmp_path, tokens.url)
        done = run_pull(tmp_path, mix, "--endpoint", f"grpcs://{server.grpc_tls_endpoint}", **env)
    assert done.returncode == 3
    assert SIGN_IN in done.stderr
    assert len(tokens.asked) == 1


def test_a_token_server_that_stumbles_is_asked_again(
    server: LoggingServer, mix: Mix, cache: Path, environ: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def stumbling(number: int) -> Answer:
        return oauth(number) if number > 1 else (503, {"error": "temporarily_unavailable"})

    with token_server(stumbling) as tokens:
        environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", key_file(tmp_path, tokens.url))
        _, found = pulled(opened(server, mix, cache, endpoint=[server.rest_tls_endpoint]))
    assert set(found) == server.truth()


@pytest.mark.parametrize(
    "content",
    [None, "", "{", "[]", '"text"', '{"type": "service_account"}', '{"type": "authorized_user"}', b"\xff\xfe"],
)
def test_without_usable_credentials_nobody_is_asked(
    mix: Mix, cache: Path, environ: pytest.MonkeyPatch, tmp_path: Path, content: str | bytes | None
) -> None:
    file = tmp_path / "given.json"
    if content is not None:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    with token_server() as nobody, google(nobody, environ) as proxy:
        with pytest.raises(SourceRefusedError, match="no Google credentials") as caught:
            open_cloud_logging(mix.project, window=window_of(mix), cache_dir=cache).pull()
        assert proxy.hosts == nobody.asked == []
    assert (SIGN_IN in caught.value.hint, caught.value.exit_code) == (True, 3)


def test_on_a_machine_where_nobody_signed_in_nobody_is_asked(mix: Mix, tmp_path: Path) -> None:
    with token_server() as nobody, connect_proxy(nobody.port) as proxy:
        done = run_pull(tmp_path, mix, HTTPS_PROXY=proxy.url, HTTP_PROXY=proxy.url)
        assert proxy.hosts == []
    assert done.returncode == 3
    assert f"sign in with: {SIGN_IN}" in done.stderr


def test_another_account_is_acted_as_with_no_more_than_reading(
    server: LoggingServer,
    googles: Certificates,
    mix: Mix,
    cache: Path,
    environ: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with token_server() as own, token_server(iam, tls=googles) as tokens, google(tokens, environ) as proxy:
        environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", key_file(tmp_path, own.url))
        environ.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "payer")
        source = opened(server, mix, cache, endpoint=[server.rest_tls_endpoint], impersonate=ROBOT)
        _, found = pulled(source)
    assert set(found) == server.truth()
    (asked,) = tokens.asked
    assert proxy.hosts == ["iamcredentials.googleapis.com:443"]
    assert asked.path == f"/v1/projects/-/serviceAccounts/{ROBOT}:generateAccessToken"
    assert asked.body["scope"] == [READ]
    assert asked.authorization == "Bearer token-1"
    assert sent(server) == {("Bearer robots-1", "payer")}
    assert source.connector.counted_as().split("+")[0] == "payer"


def test_over_grpc_too_another_account_is_acted_as(
    server: LoggingServer, googles: Certificates, mix: Mix, tmp_path: Path
) -> None:
    endpoint = ("--endpoint", f"grpcs://{server.grpc_tls_endpoint}")
    with token_server() as own, token_server(iam, tls=googles) as tokens, connect_proxy(tokens.port) as proxy:
        env = trust(server, googles, tmp_path) | {"HTTPS_PROXY": proxy.url, "GOOGLE_CLOUD_QUOTA_PROJECT": "payer"}
        env["GOOGLE_APPLICATION_CREDENTIALS"] = key_file(tmp_path, own.url)
        done = run_pull(tmp_path, mix, *endpoint, "--impersonate", ROBOT, **env)
    assert done.returncode == 0, done.stderr
    assert sent(server) == {("Bearer robots-1", "payer")}


def test_who_may_not_act_as_the_account_is_told_the_role_to_grant(
    server: LoggingServer, googles: Certificates, mix: Mix, tmp_path: Path
) -> None:
    endpoint = ("--endpoint", f"grpcs://{server.grpc_tls_endpoint}")
    with token_server() as own, token_server(iam_denies, tls=googles) as tokens, connect_proxy(tokens.port) as proxy:
        env = trust(server, googles, tmp_path) | {"HTTPS_PROXY": proxy.url}
        env["GOOGLE_APPLICATION_CREDENTIALS"] = key_file(tmp_path, own.url)
        done = run_pull(tmp_path, mix, *endpoint, "--impersonate", ROBOT, **env)
    assert done.returncode == 3
    assert "roles/iam.serviceAccountTokenCreator" in done.stderr
    assert f"add-iam-policy-binding {ROBOT}" in done.stderr
    assert "getAccessToken" in done.stderr
    assert len(tokens.asked) == 1
    assert server.stats()["calls"] == 0


def test_a_lapsed_sign_in_is_not_mistaken_for_a_missing_role(
    server: LoggingServer,
    googles: Certificates,
    mix: Mix,
    cache: Path,
    environ: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    with token_server(refused) as own, token_server(iam, tls=googles) as tokens, google(tokens, environ):
        environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", key_file(tmp_path, own.url))
        with pytest.raises(SourceRefusedError, match="invalid_grant") as caught:
            opened(server, mix, cache, endpoint=[server.rest_tls_endpoint], impersonate=ROBOT).pull()
    assert caught.value.hint == f"sign in again: {SIGN_IN}"
    assert tokens.asked == []


@pytest.mark.parametrize("named", ["file", "environment", "both"])
def test_the_project_that_pays_is_told_and_keys_the_gate(
    server: LoggingServer,
    googles: Certificates,
    mix: Mix,
    cache: Path,
    environ: pytest.MonkeyPatch,
    tmp_path: Path,
    named: str,
) -> None:
    more = {} if named == "environment" else {"quota_project_id": "of-the-file"}
    payer = "of-the-file" if named == "file" else "of-the-environment"
    if named != "file":
        environ.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", payer)
    with token_server(tls=googles) as tokens, google(tokens, environ):
        environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", user_file(tmp_path, tokens.url, **more))
        source = opened(server, mix, cache, endpoint=[server.rest_tls_endpoint])
        source.pull()
    assert sent(server) == {("Bearer token-1", payer)}
    assert source.connector.counted_as() == f"{payer}+{server.rest_tls_endpoint}"


def test_a_key_is_named_where_its_account_is_refused(
    server: LoggingServer, mix: Mix, cache: Path, environ: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with token_server(refused) as tokens:
        environ.setenv("GOOGLE_APPLICATION_CREDENTIALS", key_file(tmp_path, tokens.url))
        with pytest.raises(SourceRefusedError) as caught:
            opened(server, mix, cache, endpoint=[server.rest_tls_endpoint]).pull()
    assert f"--iam-account={ACCOUNT}" in caught.value.hint
