"""A visitor, a student and the till, over HTTP."""

import json
import os
import time
import urllib.error
import urllib.request

import pytest


class Client:
    def __init__(self, base: str, token: str = "") -> None:
        self.base, self.token = base, token

    def ask(self, method: str, path: str, body: dict | None = None, token: str | None = None) -> tuple[int, dict]:
        bearer = self.token if token is None else token
        headers = {"User-Agent": "e2e-tests/1.0", **({"Authorization": f"Bearer {bearer}"} if bearer else {})}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def hold(self, showing: str, seat: str) -> str:
        status, answer = self.ask("POST", "/holds", {"showing": showing, "seat": seat})
        assert status == 201, f"seat {seat} not held, {status}: {answer.get('error')}"
        return answer["order"]


def signed_in(base: str, mail: str) -> Client:
    client = Client(base)
    status, answer = client.ask("POST", "/sign-in", {"mail": mail, "password": "popcorn"})
    assert status == 200, answer
    return Client(base, answer["token"])


@pytest.fixture(scope="session")
def base() -> str:
    return os.environ["BOX_OFFICE_URL"]


@pytest.fixture(scope="session")
def mailer() -> Client:
    return Client(os.environ["MAILER_URL"])


@pytest.fixture
def nobody(base: str) -> Client:
    return Client(base)


@pytest.fixture
def visitor(base: str) -> Client:
    return signed_in(base, "visitor@example.com")


@pytest.fixture
def student(base: str) -> Client:
    return signed_in(base, "student@example.com")


@pytest.fixture
def till(base: str) -> Client:
    return signed_in(base, "till@example.com")


@pytest.fixture(autouse=True)
def breath():
    """Staging is small: not everything at once."""
    time.sleep(float(os.environ.get("TEST_PAUSE_S", "0.1")))
