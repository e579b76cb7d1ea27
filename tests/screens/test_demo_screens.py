"""The demo's pages in Chromium: light and dark, phone and desk, with and without scripts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from opening import DESK, PHONE, SCHEMES, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CYCLES = ("1", "2", "3", "4")
WAYS = [
    pytest.param(*way, id=f"cycle-{way[0]}-{way[1]}-{way[2]}px-{'scripts' if way[3] else 'no-scripts'}")
    for way in product(CYCLES, SCHEMES, (PHONE, DESK), (True, False))
]

# What axe looks at is the same without scripts but for the controls: one look of each cycle is enough.
WAYS_OF_AXE = [way for way in WAYS if way.values[3] or way.values[1:3] == (SCHEMES[0], DESK)]


def address(demo: Path, cycle: str) -> str:
    return (demo / f"cycle-{cycle}" / "report.html").as_uri()


@pytest.mark.parametrize(("cycle", "scheme", "width", "scripts"), WAYS)
def test_a_page_fits_and_neither_complains_nor_asks_for_anything(
    browser: Browser,
    demo: Path,
    album: Path,
    record_property: Callable[[str, object], None],
    request: pytest.FixtureRequest,
    cycle: str,
    scheme: str,
    width: int,
    scripts: bool,
) -> None:
    record_property("screenshots", str(album))
    page = address(demo, cycle)
    with opened(browser, page, scripts=scripts, width=width, color_scheme=scheme) as screen:
        screen.page.screenshot(path=album / f"{request.node.callspec.id}.png", full_page=True)
        assert screen.overflow() == []
        screen.unfold()
        assert screen.overflow() == []
        dark = screen.ask("matchMedia('(prefers-color-scheme: dark)').matches")
        assert dark == (scheme == "dark")
        assert screen.complaints == []
        assert screen.requests == [page]


@pytest.mark.parametrize(("cycle", "scheme", "width", "scripts"), WAYS_OF_AXE)
def test_axe_finds_nothing_in_a_page_as_it_opens(
    browser: Browser, axe: str, demo: Path, cycle: str, scheme: str, width: int, scripts: bool
) -> None:
    page = address(demo, cycle)
    with opened(browser, page, scripts=scripts, width=width, color_scheme=scheme, bypass_csp=True) as screen:
        assert screen.violations(axe) == []


@pytest.mark.parametrize(("cycle", "scheme"), list(product(CYCLES, SCHEMES)))
def test_axe_finds_nothing_in_a_page_unfolded(browser: Browser, axe: str, demo: Path, cycle: str, scheme: str) -> None:
    with opened(browser, address(demo, cycle), color_scheme=scheme, bypass_csp=True) as screen:
        screen.unfold()
        assert screen.violations(axe) == []


def test_the_two_schemes_look_different(browser: Browser, demo: Path) -> None:
    papers = set()
    for scheme in SCHEMES:
        with opened(browser, address(demo, "4"), color_scheme=scheme) as screen:
            papers.add(screen.ask("getComputedStyle(document.body).backgroundColor"))
    assert len(papers) == 2


# --- and all of this would be seen -----------------------------------------------------------------------------------

POLICY = "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\">"
BAD = {
    "an image of a stranger": ("<img src='http://203.0.113.9/seen.png' alt=''>", "203.0.113.9"),
    "a style sheet of a stranger": ("<link rel=stylesheet href='http://203.0.113.9/x.css'>", "203.0.113.9"),
    "a neighbouring file": ("<img src='other.png' alt=''>", "other.png"),
    "a request of a script": ("<script>fetch('http://203.0.113.9/x').catch(() => 0)</script>", "203.0.113.9"),
    "a warning": ("<script>console.warn('creaks')</script>", "creaks"),
    "an error of a script": ("<script>nowhere()</script>", "nowhere"),
    "a dialog": ("<script>alert('pop')</script>", "pop"),
    "a policy that is broken": (f"{POLICY}<p style='color: red'>red</p>", "Content Security Policy"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_page_would_be_seen(browser: Browser, tmp_path: Path, name: str) -> None:
    body, sign = BAD[name]
    page = tmp_path / "bad.html"
    page.write_text(f"<!DOCTYPE html><title>Bad</title>{body}<p>text", encoding="utf-8")
    with opened(browser, page.as_uri()) as screen:
        screen.page.wait_for_timeout(100)
        seen = [*screen.complaints, *(asked for asked in screen.requests if asked != page.as_uri())]
        assert any(sign in one for one in seen)


def test_a_page_too_wide_would_be_seen(browser: Browser, axe: str, tmp_path: Path) -> None:
    page = tmp_path / "wide.html"
    page.write_text("<!DOCTYPE html><title>Wide</title><p><code>" + "wide" * 80, encoding="utf-8")
    with opened(browser, page.as_uri(), width=PHONE) as screen:
        assert screen.overflow() != []
        assert any(line.startswith("html-has-lang") for line in screen.violations(axe))


def test_without_a_browser_the_tests_skip_and_say_how_to_get_one() -> None:
    here = Path(__file__)
    bare = {name: value for name, value in os.environ.items() if name not in {"ANALYZER_CHROMIUM", "PYTEST_ADDOPTS"}}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(here), "-k", "look_different or as_it_opens"],
        cwd=here.parent.parent.parent,
        env={**bare, "PATH": str(here.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "no Chromium here: make setup-ci && bash .ci/browser/setup" in done.stdout
    assert "passed" not in done.stdout
