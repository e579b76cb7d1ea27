"""What a reader does with a page: filter, sort, keys, links, copying, printing. The report says what is right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from opening import DESK, HEIGHT, PHONE, Screen, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CARDS = "details.cluster"
FOCUS = "document.activeElement.closest('details.cluster')?.id ?? document.activeElement.id"


@pytest.fixture
def page(demo: Path) -> str:
    return (demo / "cycle-4" / "report.html").as_uri()


@pytest.fixture
def report(demo: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((demo / "cycle-4" / "report.json").read_bytes())
    return loaded


@contextmanager
def silent(browser: Browser, address: str, **more: Any) -> Iterator[Screen]:
    """The page, whatever is done with it, complains of nothing and asks for nothing."""
    with opened(browser, address, **more) as screen:
        yield screen
        assert screen.complaints == []
        assert set(screen.requests) == {address.partition("#")[0]}


def fingerprints(screen: Screen) -> list[str]:
    """Of the clusters, in the order they stand in."""
    found: list[str] = screen.ask(
        "[...document.querySelectorAll('details.cluster')].map((card) => card.querySelector('dd code').textContent)"
    )
    return found


def rare_word(report: dict[str, Any]) -> str:
    """A word that some titles have and others have not."""
    titles = [cluster["title"].lower() for cluster in report["clusters"]]
    words = sorted({word for title in titles for word in title.split() if word.isalpha() and len(word) > 4})
    return next(word for word in words if 0 < sum(word in title for title in titles) < len(titles) / 2)


# --- the filter ------------------------------------------------------------------------------------------------------


def test_a_filter_hides_the_clusters_without_the_word(browser: Browser, page: str, report: dict[str, Any]) -> None:
    word = rare_word(report)
    with silent(browser, page) as screen:
        texts = screen.page.locator(CARDS).all_text_contents()
        screen.page.get_by_label("Filter").press_sequentially(word.upper())
        assert screen.hidden(CARDS) == [word not in text.lower() for text in texts]
        assert True in screen.hidden(CARDS)
        assert False in screen.hidden(CARDS)


def test_every_word_of_a_filter_must_be_there(browser: Browser, page: str, report: dict[str, Any]) -> None:
    with silent(browser, page) as screen:
        screen.page.get_by_label("Filter").fill(f"{rare_word(report)} nowhere-at-all")
        assert set(screen.hidden(CARDS)) == {True}


def test_a_cleared_filter_shows_every_cluster(browser: Browser, page: str, report: dict[str, Any]) -> None:
    with silent(browser, page) as screen:
        screen.page.get_by_label("Filter").fill(rare_word(report))
        screen.page.get_by_label("Filter").fill("")
        assert screen.hidden(CARDS) == [False] * len(report["clusters"])


def test_a_filter_finds_what_is_folded(browser: Browser, page: str, report: dict[str, Any]) -> None:
    cluster = report["clusters"][-1]
    with silent(browser, page) as screen:
        screen.page.get_by_label("Filter").fill(cluster["fingerprint"])
        shown = [f for f, hidden in zip(fingerprints(screen), screen.hidden(CARDS), strict=True) if not hidden]
        assert shown == [cluster["fingerprint"]]


def test_the_address_remembers_filter_and_order(browser: Browser, page: str, report: dict[str, Any]) -> None:
    with silent(browser, page) as screen:
        screen.page.get_by_label("Filter").fill(rare_word(report))
        screen.page.get_by_label("Sort").select_option("most often first")
        seen = screen.hidden(CARDS), fingerprints(screen)
        address = screen.page.url
    with silent(browser, address) as again:
        assert (again.hidden(CARDS), fingerprints(again)) == seen


def test_controls_that_need_scripts_are_not_there_without_them(browser: Browser, page: str) -> None:
    with silent(browser, page, scripts=False) as screen:
        assert set(screen.hidden("input, select, button, textarea")) <= {True}
        assert set(screen.hidden(CARDS)) == {False}


# --- the order -------------------------------------------------------------------------------------------------------


def test_clusters_sort_by_how_often_they_came_and_back(browser: Browser, page: str, report: dict[str, Any]) -> None:
    counts = {cluster["fingerprint"]: cluster["count"] for cluster in report["clusters"]}
    with silent(browser, page) as screen:
        ranked = fingerprints(screen)
        assert sorted(ranked) == sorted(counts)
        sort = screen.page.get_by_label("Sort")
        sort.select_option("most often first")
        often = [counts[fingerprint] for fingerprint in fingerprints(screen)]
        assert often == sorted(counts.values(), reverse=True)
        assert fingerprints(screen) != ranked
        sort.select_option("as ranked")
        assert fingerprints(screen) == ranked


def test_clusters_sort_by_when_they_came_first(browser: Browser, page: str, report: dict[str, Any]) -> None:
    first = {cluster["fingerprint"]: cluster["first_seen"] for cluster in report["clusters"]}
    with silent(browser, page) as screen:
        screen.page.get_by_label("Sort").select_option("first seen, oldest first")
        seconds = [first[fingerprint][:19] for fingerprint in fingerprints(screen) if first[fingerprint]]
        assert seconds == sorted(seconds)


# --- the keyboard ----------------------------------------------------------------------------------------------------


def test_a_slash_goes_to_the_filter_and_escape_leaves_it_empty(browser: Browser, page: str) -> None:
    with silent(browser, page) as screen:
        keys = screen.page.keyboard
        keys.press("/")
        keys.type("nowhere-at-all")
        assert screen.page.get_by_label("Filter").input_value() == "nowhere-at-all"
        keys.press("Escape")
        assert screen.page.get_by_label("Filter").input_value() == ""
        assert set(screen.hidden(CARDS)) == {False}


def test_j_and_k_walk_the_clusters_enter_opens_and_escape_folds(browser: Browser, page: str) -> None:
    with silent(browser, page) as screen:
        keys, cards = screen.page.keyboard, screen.ask(f"[...document.querySelectorAll('{CARDS}')].map((c) => c.id)")
        for key, there in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
            keys.press(key)
            assert screen.ask(FOCUS) == cards[there]
        opened_card = f"document.getElementById('{cards[1]}').open"
        keys.press("Enter")
        assert screen.ask(opened_card)
        keys.press("Escape")
        assert not screen.ask(opened_card)
        assert screen.ask(FOCUS) == cards[1]


def test_what_has_the_focus_is_outlined(browser: Browser, page: str) -> None:
    with silent(browser, page) as screen:
        for key in ("Tab", "Tab", "Tab", "j"):
            screen.page.keyboard.press(key)
            outline = screen.ask("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none"


# --- links -----------------------------------------------------------------------------------------------------------


def in_sight(screen: Screen, node: str) -> bool:
    box = screen.ask("(id) => document.getElementById(id).getBoundingClientRect().toJSON()", node)
    return bool(-1 <= box["top"] < HEIGHT and box["height"] > 0)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_link_to_a_cluster_opens_it_in_sight(browser: Browser, page: str, width: int) -> None:
    with silent(browser, page) as screen:
        last = screen.ask(f"[...document.querySelectorAll('{CARDS}')].at(-1).id")
    with silent(browser, f"{page}#{last}", width=width) as screen:
        assert screen.ask("(id) => document.getElementById(id).open", last)
        assert in_sight(screen, last)


def test_without_scripts_a_link_still_leads_to_its_cluster(browser: Browser, page: str) -> None:
    with silent(browser, page) as screen:
        last = screen.ask(f"[...document.querySelectorAll('{CARDS}')].at(-1).id")
    with silent(browser, f"{page}#{last}", scripts=False) as screen:
        assert in_sight(screen, last)


def test_evidence_leads_to_its_entry_inside_a_folded_cluster(browser: Browser, page: str) -> None:
    with silent(browser, page) as screen:
        link = screen.page.locator("#cause-1 a[href^='#entry-']").first
        target = (link.get_attribute("href") or "")[1:]
        link.click()
        assert screen.hidden(f"#{target}") == [False]
        assert in_sight(screen, target)


def test_a_link_to_a_cluster_that_the_filter_hides_shows_it(browser: Browser, page: str) -> None:
    with silent(browser, page) as screen:
        screen.page.get_by_label("Filter").fill("nowhere-at-all")
        last = screen.ask(f"[...document.querySelectorAll('{CARDS}')].at(-1).id")
        screen.ask("(id) => { location.hash = id }", last)
        screen.page.wait_for_function("(id) => document.getElementById(id).open", arg=last)
        assert in_sight(screen, last)


@pytest.mark.parametrize("fragment", ["nowhere", "%E0%A4%A", "clusters?sort=99&q=%00", "%22%3E%3Cimg%3E"])
def test_a_link_that_leads_nowhere_harms_nothing(browser: Browser, page: str, fragment: str) -> None:
    with silent(browser, f"{page}#{fragment}") as screen:
        assert screen.ask("document.querySelectorAll('img').length") == 0
        screen.page.get_by_label("Filter").fill("")
        assert set(screen.hidden(CARDS)) == {False}


# --- taking along ----------------------------------------------------------------------------------------------------

CLIPBOARD = ("clipboard-read", "clipboard-write")


def test_a_cause_copies_as_markdown(browser: Browser, page: str, report: dict[str, Any]) -> None:
    with silent(browser, page, allowed=CLIPBOARD) as screen:
        screen.page.locator("#cause-1").get_by_role("button", name="Copy as Markdown").click()
        screen.page.get_by_role("button", name="Copied").wait_for()
        text = screen.ask("navigator.clipboard.readText()")
        place = report["causes"][0]["code_paths"][0]
        assert text.startswith("#")
        assert f"{place['file']}:{place['line']}" in text
        assert "<span" not in text


def test_a_cluster_copies_as_markdown(browser: Browser, page: str, report: dict[str, Any]) -> None:
    with silent(browser, page, allowed=CLIPBOARD) as screen:
        card = screen.page.locator(CARDS).first
        card.locator("summary").first.click()
        card.get_by_role("button", name="Copy as Markdown").click()
        screen.page.get_by_role("button", name="Copied").wait_for()
        text = screen.ask("navigator.clipboard.readText()")
        assert text.startswith("#")
        assert fingerprints(screen)[0] in text


def test_the_next_command_copies_as_it_stands(browser: Browser, page: str, report: dict[str, Any]) -> None:
    command = next(action["command"] for action in report["actions"] if action["command"])
    with silent(browser, page, allowed=CLIPBOARD) as screen:
        screen.page.locator(".steps").first.get_by_role("button", name="Copy").first.click()
        screen.page.get_by_role("button", name="Copied").first.wait_for()
        assert screen.ask("navigator.clipboard.readText()") == command


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_print_unfolds_everything_and_leaves_the_controls_out(browser: Browser, page: str, scripts: bool) -> None:
    with silent(browser, page, scripts=scripts) as screen:
        inside = f"{CARDS} dd code"
        assert True in screen.hidden(inside)
        screen.page.emulate_media(media="print")
        assert set(screen.hidden(inside)) == {False}
        assert set(screen.hidden("nav, input, select, button")) <= {True}
        assert screen.page.pdf().startswith(b"%PDF")
