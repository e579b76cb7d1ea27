"""Requests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzer.rules import load_rules
from analyzer.signatures import route


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.example.com/api/items/42?x=1", "/api/items/<id>"),
        ("/users/6fa459ea-ee8a-3ca4-894e-db77e160355e/orders/", "/users/<id>/orders"),
        ("/v2/items/ab12cd34ef", "/v2/items/<id>"),
        ("https://api.example.com", "/"),
        ("/health#top", "/health"),
        ("/users/<user>/cart", "/users/<id>/cart"),
        ("", "/"),
    ],
)
def test_ids_hosts_and_queries_are_not_part_of_a_route(url: str, expected: str) -> None:
    assert route(url) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/.env",
        "/api/.env.local",
        "/wp-login.php",
        "/.git/config",
        "/phpmyadmin/index.php",
        "/js/lkk_ch.js",
        "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
        "/cgi-bin/luci",
        "/.aws/credentials",
        "/actuator/health",
        "/xmlrpc.php",
        "https://api.example.com/.env?x=1",
    ],
)
def test_probes_of_scanners_share_one_route(path: str) -> None:
    assert route(path) == "<scanner probe>"


@pytest.mark.parametrize(
    "path", ["/environment", "/api/items", "/git", "/js/app.js", "/wp", "/actuators", "/api/admin"]
)
def test_own_routes_are_no_probes(path: str) -> None:
    assert route(path) == path


def test_a_path_in_an_error_text_is_no_probe() -> None:
    rules = [r for r in load_rules("noise") if r.id.startswith("noise.scanner.")]
    text = "FileNotFoundError: no such file: /app/.env; tried /srv/.git/config and vendor/phpunit/x.php"
    assert [r.id for r in rules if r.pattern.search(text)] == []


@given(st.text())
def test_a_route_is_its_own_route(url: str) -> None:
    assert route(route(url)) == route(url)
