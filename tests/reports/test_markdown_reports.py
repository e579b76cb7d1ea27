"""The Markdown ticket: complete or honestly cut, and dead to every text a log may hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from copy import deepcopy

import pytest
from bakery_reports import ALL, ATTACKS, cluster, hostile_cycle, second_cycle
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from analyzer.reports import TICKET_BYTES, render
from analyzer.reports.hostile import clean, one_line
from analyzer.reports.markdown_text import cell_code, code, fence, inner_html, prose

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = re.compile(r"</?(?:details|summary|code)>")
LIVE = re.compile(r"@\w|(?<![&\w])#\d|\bgh-\d|!\d|://|\bwww\.", re.IGNORECASE)
"""What trackers make links or mentions of, in text outside code."""

HOSTILE = st.text(
    st.sampled_from(list("`~*_[](){}<>#@!|\\/&$:^-+=.0123 \n\tabwhtps;\"'\u202e\x1b\x9b\u200b"))
    | st.characters(codec="utf-8"),
    max_size=60,
)


def leaves(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from [token] if token.children is None else leaves(token.children)


def shape(text: str) -> list[str]:
    """The block structure a text has, code spans and text runs aside."""
    return [token.type for token in MARKDOWN.parse(text)]


def plain(text: str) -> str:
    """What a reader of the rendered Markdown sees."""
    seen = "".join(t.content if t.type != "softbreak" else " " for t in leaves(MARKDOWN.parse(text)))
    return seen.replace("\u200b", "")


def outside_code(text: str) -> str:
    """The rendered text that filters for mentions and links look at."""
    out, within = [], False
    for token in leaves(MARKDOWN.parse(text)):
        if token.type == "html_inline":
            within = token.content == "<code>" or (within and token.content != "</code>")
        elif token.type == "text" and not within:
            out.append(token.content)
        elif token.type == "html_block":
            out.append(OURS.sub("", token.content))
    return "\n".join(out)


@given(HOSTILE)
@example("# @till-team closes #123 `x` and `` y `` | z <!-- -->")
@example("1. first")
@example("\\`a\\`|`b`")
@example("&#8203; &amp; &vert;")
def test_a_sentence_reads_as_it_was_written_wherever_it_stands(text: str) -> None:
    line = one_line(text)
    bare = re.sub(r"(?<!`)`([^`|\s](?:[^`|]{0,200}[^`|\s])?)`(?!`)", r"\1", line)
    for frame in ("{}", "- {}", "1. {}", "**Now:** {}", "# {}", "> {}"):
        rendered = frame.format(prose(text))
        assert plain(rendered).removeprefix("Now:").strip() == bare.strip()
        assert [t for t in shape(rendered) if t != "inline"] == [
            t for t in shape(frame.format("words" if line else "")) if t != "inline"
        ]
        assert not LIVE.search(outside_code(rendered))


@given(HOSTILE)
def test_code_reads_as_it_was_written(text: str) -> None:
    tokens = list(leaves(MARKDOWN.parseInline(f"x {code(text)} y")))
    assert [t.type for t in tokens] == ["text", "code_inline", "text"]
    assert tokens[1].content.replace("\u200b", "").strip() == one_line(text)


@given(HOSTILE)
def test_a_fence_holds_its_text(text: str) -> None:
    tokens = MARKDOWN.parse(f"before\n\n{fence(clean(text))}\n\nafter")
    (fenced,) = [t for t in tokens if t.type == "fence"]
    assert tokens[-2].content == "after"
    if "\x00" not in text:
        assert fenced.content.replace("\u200b", "") == clean(text).replace("\u200b", "") + "\n"


@given(HOSTILE)
@example("a | b \\| c \\\\| d")
def test_a_cell_stays_a_cell(text: str) -> None:
    table = f"| a | b |\n|---|---|\n| {prose(text)} | {cell_code(text)} |\n"
    types = [t.type for t in MARKDOWN.parse(table)]
    assert types.count("tr_open") == 2
    assert types.count("td_open") == 2
    assert types[-1] == "table_close"


@given(HOSTILE)
def test_text_in_a_tag_stays_in_it(text: str) -> None:
    inside = inner_html(text)
    assert not set("<>\n") & set(inside)
    assert not LIVE.search(inside.replace("&#8203;", "\u200b"))


def test_a_long_exemplar_is_cut_and_says_so() -> None:
    cut = fence("line\n" * 500)
    assert cut.count("\n") < 50
    assert "… (cut; the report JSON has all of it)" in cut
    assert len(fence("x" * 100_000)) < 5_000


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_changes_nothing_but_words(attack: str) -> None:
    text = render(hostile_cycle((attack,)), "md")
    assert shape(text) == shape(render(hostile_cycle(("plain words",)), "md"))
    for token in leaves(MARKDOWN.parse(text)):
        assert token.type not in {"link_open", "image"}
        if token.type in {"html_inline", "html_block"}:
            assert not re.search(r"<(?!/?(?:details|summary|code)>)", token.content)
    assert not LIVE.search(outside_code(text))
    assert "<!--" not in text
    assert "-->" not in text
    assert {c for c in text if not c.isprintable()} <= {"\n", "\u200b"}


def test_no_line_is_a_quick_action() -> None:
    fenced = False
    for line in render(hostile_cycle(), "md").split("\n"):
        fenced = fenced != line.startswith("```")
        assert fenced or not line.lstrip().startswith("/")


def test_sections_stand_in_reading_order() -> None:
    headings = re.findall(r"^#{1,2} (.*)", render(second_cycle(), "md"), re.MULTILINE)
    assert headings == [
        "Root cause behind the error — cycle 2",
        "Root cause",
        "What to do now",
        "Tests",
        "Claimed fixes",
        "Clusters",
        "Business impact",
        "Over the cycles",
        "Deploys",
        "Ledger",
        "What could not be decided",
    ]


@pytest.mark.parametrize("max_bytes", [60_000, 12_000, 6_000, 3_000, 1_000, 200, 0])
@pytest.mark.parametrize("name", ["second", "hostile"])
def test_the_ticket_keeps_its_budget(name: str, max_bytes: int) -> None:
    report = ALL[name]()
    report["clusters"] += [cluster(f"s1:{n:016x}", "Kein Mehl für Brötchen " * 9) for n in range(400)]
    text = render(report, "md", max_bytes=max_bytes)
    assert len(text.encode()) <= max_bytes


def test_what_was_left_out_is_named_and_the_cause_stays() -> None:
    report = second_cycle()
    report["clusters"] += [cluster(f"s1:{n:016x}", f"Error {n}") for n in range(400)]
    text = render(report, "md", max_bytes=7_000)
    assert "## What to do now" in text
    assert "### Cause 1:" in text
    assert text.rstrip().split("\n")[-1] == (
        "*Left out to fit the ticket: clusters, causes, what could not be decided, ledger, business impact, deploys, "
        "trend and 100 cluster details. The HTML and JSON reports have all of it.*"
    )
    assert "Left out" not in render(second_cycle(), "md")


def test_thousands_of_clusters_fit_a_ticket() -> None:
    report = second_cycle()
    one = report["clusters"][0]
    report["clusters"] = [{**deepcopy(one), "fingerprint": f"s1:{n:016x}"} for n in range(2000)]
    assert len(render(report, "md").encode()) <= TICKET_BYTES


@pytest.mark.parametrize("name", ["first", "second", "quiet", "no-payloads"])
def test_a_ticket_keeps_its_wording(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.md", render(ALL[name](), "md"))
