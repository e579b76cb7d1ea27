"""The HTML page: one file that answers first, links within itself, and performs nothing it was told by a log."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest
from bakery_reports import ALL, ATTACKS, HEAD, PRICE, SHOP, cluster, first_cycle, hostile_cycle, second_cycle

from analyzer.errors import ReportError
from analyzer.reports import render, seal
from analyzer.reports.hostile import clean

VOID = {"meta", "input", "br", "rect", "circle", "img", "link", "wbr"}
TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "nav", "main", "footer", "script", "input"),
    *("h1", "h2", "h3", "h4", "p", "ul", "ol", "li", "section", "article", "div", "span", "small", "b", "a"),
    *("code", "pre", "svg", "rect", "circle", "line", "path", "g", "text", "desc"),
    *("table", "thead", "tbody", "tr", "th", "td"),
    *("details", "summary", "dl", "dt", "dd", "mark", "i", "wbr", "template", "label", "select", "option", "kbd"),
}


class Page(HTMLParser):
    """A page taken apart: tags with attributes, text by tag, and whether every tag closes."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def ids(self) -> list[str]:
        return [attrs["id"] or "" for _, attrs in self.tags if "id" in attrs]

    def hrefs(self) -> list[str]:
        return [attrs["href"] or "" for _, attrs in self.tags if "href" in attrs]

    def text(self) -> str:
        return "".join(text for tag, text in self.texts if tag not in {"script", "style", "title", "template"})


def page(name: str) -> Page:
    return Page(render(ALL[name](), "html"))


def shown(report: dict[str, Any]) -> str:
    """The words of the page, white space folded."""
    return " ".join(Page(render(report, "html")).text().split())


@pytest.mark.parametrize("name", ALL)
def test_the_page_is_well_formed_and_links_within_itself(name: str) -> None:
    parsed = page(name)
    assert parsed.open == []
    ids = parsed.ids()
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in parsed.hrefs() if href.startswith("#")} <= set(ids)


@pytest.mark.parametrize("name", ALL)
def test_the_page_loads_nothing_and_runs_nothing_but_itself(name: str) -> None:
    parsed = page(name)
    assert {tag for tag, _ in parsed.tags} <= TAGS
    for tag, attrs in parsed.tags:
        assert not {"src", "srcset", "style", "action", "data", "xlink:href"} & set(attrs), tag
        assert not [key for key in attrs if key.startswith("on")], tag
    assert all(href.startswith(("#", "https://git.example.com/")) for href in parsed.hrefs())
    style = next(text for tag, text in parsed.texts if tag == "style")
    assert not re.search(r"url\(|@import|expression|https?:", style)


@pytest.mark.parametrize("name", ALL)
def test_the_policy_allows_exactly_our_style_and_script(name: str) -> None:
    parsed = page(name)
    policy = next(a["content"] for t, a in parsed.tags if a.get("http-equiv") == "Content-Security-Policy") or ""
    for tag in ("style", "script"):
        (source,) = ["".join(text for t, text in parsed.texts if t == tag)]
        assert [t for t, _ in parsed.tags].count(tag) == 1
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_text_and_nothing_else(attack: str) -> None:
    html = render(hostile_cycle((attack,)), "html")
    benign, hostile = Page(render(hostile_cycle(("plain words",)), "html")), Page(html)
    # The code span of a ticked word, and a second, shorter text for phones, are all that a text may ask for.
    free = {"code", "text"}
    assert [tag for tag, _ in hostile.tags if tag not in free] == [tag for tag, _ in benign.tags if tag not in free]
    assert {c for c in html if not c.isprintable()} <= {"\n"}
    if "`" not in attack:
        words = " ".join(clean(attack).split())
        assert words in " ".join(hostile.text().split())


def test_only_web_addresses_become_links() -> None:
    report = first_cycle()
    report["clusters"][0]["code_paths"][0]["link"] = "javascript:alert(1)"
    assert "javascript:" not in render(report, "html")
    assert "https://git.example.com/bakery/blob/4be19c0/bakery/till.py#L34" in page("first").hrefs()


@pytest.mark.parametrize(
    ("link", "shown_as_link"),
    [
        (f"https://git.example.com/bakery/commit/{HEAD}", True),
        ("http://git.example.com/bakery", False),
        ("javascript:alert(1)", False),
        (7, False),
    ],
)
def test_commits_link_to_their_code_host_by_https_only(link: Any, shown_as_link: bool) -> None:
    report = first_cycle()
    report["commit_links"] = {HEAD: link}
    parsed = Page(render(report, "html"))
    found = [attrs for tag, attrs in parsed.tags if tag == "a" and attrs.get("href") == link]
    assert bool(found) is shown_as_link
    assert all(attrs["rel"] == "noopener noreferrer" for attrs in found)
    assert "javascript" not in "".join(parsed.hrefs())


def test_a_cause_lies_in_the_page_as_the_markdown_of_a_ticket() -> None:
    texts = [text for tag, text in page("second").texts if tag == "template"]
    assert len(texts) == len(second_cycle()["causes"])
    assert texts[0].startswith("### Cause 1: Receipts.receipt hands a Decimal to json.dumps")
    assert texts[0].strip() in render(second_cycle(), "md")


def test_a_chain_is_drawn_in_columns_from_symptom_to_root() -> None:
    html = render(first_cycle(), "html")
    chain = html[html.index('<ol class="chain"') :]
    chain = chain[: chain.index("</ol>")]
    assert re.findall(r'<span class="role">(\w+)</span>', chain) == ["symptom", "root"]
    assert re.findall(r'href="#(cluster-[\w-]+)"', chain) == [f"cluster-{f.replace(':', '-')}" for f in (SHOP, PRICE)]
    assert "the shop answers 502 in the same trace" in chain


def test_blanks_at_the_end_of_a_logged_line_stay() -> None:
    report = first_cycle()
    report["clusters"][0]["exemplars"][0]["message"] = "tail  \n\tnext\t\nend"
    html = render(report, "html")
    assert "tail&#32;&#32;\n\tnext&#9;\nend</pre>" in html
    assert "tail  \n\tnext\t\nend" in Page(html).text()


def test_an_entry_that_only_the_logs_have_says_so() -> None:
    report = first_cycle()
    report["causes"][0]["evidence"][0]["entry_ids"] = ["nowhere1"]
    assert '<code title="in the logs; no example in this file shows it">nowhere1</code>' in render(report, "html")


def test_scripts_make_every_tool_that_needs_them_visible() -> None:
    hidden = {attrs["id"] for tag, attrs in page("second").tags if "hidden" in attrs}
    assert hidden == {"cluster-tools"}
    assert not [tag for tag, _ in page("second").tags if tag in {"button", "textarea"}]


def test_the_first_screen_answers_better_cause_and_next() -> None:
    text = shown(second_cycle())
    wanted = (
        "Since cycle 1, 2 errors came and 1 went",
        "92 % 95 % interval 74–98 %",
        "22 of 24 tests passed, 1 skipped. +4.2 points from cycle 1 on 24 common tests: not significant, p = 1.00.",
        "1 test: Receipt could not be printed: Object of type Decimal is not JSON serializable · cause 1",
        "tests.test_till::test_closing_an_order_prints_a_receipt",
        "1 test: TimeoutError · no error in the logs carries this text",
        "tests.test_ovens::test_bread_is_baked",
        "1 new 1 regressed 1 ongoing 1 resolved",
        "Receipts.receipt hands a Decimal to json.dumps",
        "81 % that this is the origin",
        "bakery/receipts.py:61 Receipts.receipt",
        "25 % no place known An oven does not answer",
        "What to do now Write Order.total as text",
        "analyzer siblings --cluster",
        "open since cycle 1",
    )
    head = text[: text.index("Causes # 1.")]
    places = [head.find(words) for words in wanted]
    assert -1 not in places
    assert places == sorted(places)


def test_of_many_failing_tests_the_first_screen_names_some_and_counts_the_rest() -> None:
    report = first_cycle()
    one = report["tests"]["results"][0]
    report["tests"]["results"] = [{**one, "test": f"tests.test_till::test_{n}"} for n in range(40)]
    text = shown(report)
    head = text[: text.index("Causes # 1.")]
    assert "test_11" in head
    assert "test_12" not in head
    assert "28 more failing tests" in head
    assert "test_39" in text


def test_the_marked_line_is_the_only_marked_one() -> None:
    marked = [text for tag, text in page("first").texts if tag == "mark"]
    assert len(marked) == 4  # the culprit on the first screen and in its cause, and the cluster's two places
    assert "return json.dumps(" in marked[0]


def test_clusters_and_causes_have_deep_links() -> None:
    ids = page("second").ids()
    assert {"cluster-s1-5e1f0c77a2b94d10", "cause-1", "cause-2", "cause-1-code-1"} <= set(ids)


def test_a_strange_fingerprint_cannot_break_out_of_its_anchor() -> None:
    report = first_cycle()
    report["clusters"].append(cluster('s1:"><b>', "Strange"))
    assert all(re.fullmatch(r"[\w-]+", one) for one in Page(render(report, "html")).ids())


def test_evidence_links_to_its_entries_and_its_line() -> None:
    html = render(first_cycle(), "html")
    (evidence,) = re.findall(r"<li[^>]*>41 of 41 traces.*?</li>", html, re.DOTALL)
    assert evidence.count('href="#entry-') == 2
    assert 'href="#cause-1-code-1">bakery/receipts.py:61' in evidence


def test_a_cluster_without_a_place_says_why() -> None:
    assert "Not located: no statement of the repository fits this text" in shown(first_cycle())


def test_noise_stands_last_however_the_report_orders_it() -> None:
    report = second_cycle()
    report["clusters"].reverse()
    order = [one for one in Page(render(report, "html")).ids() if one.startswith("cluster-")]
    assert order[-1] == "cluster-s1-77aa10dce5f4032b"


def test_the_ledger_adds_up_in_words() -> None:
    assert (
        "1,240 entries read = 12 duplicates + 138 error entries + 12 warning entries + 1,071 other entries + 7 dropped"
        " adds up" in shown(first_cycle())
    )


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("quiet", "No errors in this window"),
        ("no-payloads", "No entry has a payload: all 1,240 came without text."),
    ],
)
def test_what_changes_everything_stands_above_the_first_tile(name: str, words: str) -> None:
    text = shown(ALL[name]())
    assert -1 < text.index(words) < text.index("distinct error")


def test_related_errors_link_to_each_other() -> None:
    html = render(first_cycle(), "html")
    body = html[html.index(f'id="cluster-{PRICE.replace(":", "-")}"') :]
    assert f'href="#cluster-{SHOP.replace(":", "-")}"' in body[: body.index("</details>")]


@pytest.mark.parametrize("key", ["cycle", "ledger", "clusters", "causes", "deploys", "tests", "actions"])
@pytest.mark.parametrize("format", ["html", "md"])
def test_a_damaged_report_is_an_error_with_a_hint(key: str, format: str) -> None:  # noqa: A002
    for broken in ({k: v for k, v in second_cycle().items() if k != key}, {**second_cycle(), key: 7}):
        with pytest.raises(ReportError, match="does not follow its schema") as caught:
            render(broken, format)
        assert caught.value.hint


@pytest.mark.parametrize("report", [{}, {"schema": "analyzer.report/2"}, [], None])
def test_another_schema_is_refused(report: Any) -> None:
    with pytest.raises(ReportError, match=r"expected 'analyzer\.report/1'"):
        render(report, "html")


@pytest.mark.parametrize(("format", "said"), [("docx", "unknown report format 'docx'")])
def test_a_format_that_is_not_there_is_told_so(format: str, said: str) -> None:  # noqa: A002
    with pytest.raises(ReportError, match=said) as caught:
        render(second_cycle(), format)
    assert "md" in caught.value.hint


def test_rendering_does_not_touch_the_report() -> None:
    report = second_cycle()
    render(report, "html")
    render(report, "md")
    assert report == second_cycle()


@pytest.mark.parametrize("name", ["first", "second", "quiet", "no-payloads"])
def test_a_page_keeps_its_wording(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.html", render(seal(ALL[name]()), "html"))
