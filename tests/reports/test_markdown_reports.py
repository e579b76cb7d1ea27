"""The Markdown ticket: complete or honestly cut, and dead to every text a log may hold."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from bakery_reports import ALL, ATTACKS, hostile_cycle, second_cycle
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_reading import COMMIT, LIVE, MARKDOWN, TICKET, leaves, links, outside_code, plain, shape

from analyzer.reports import render
from analyzer.reports.hostile import clean, one_line
from analyzer.reports.markdown_text import cell_code, code, fence, inner_html, linked, prose

HOSTILE = st.text(
    st.sampled_from(list("`~*_[](){}<>#@!|\\/&$:^-+=.0123 \n\tabwhtps;\"'\u202e\x1b\x9b\u200b"))
    | st.characters(codec="utf-8"),
    max_size=60,
)


SAMPLES = (
    "GH-1, gh-2 and _GH-3 of bakery/shop#4, bakery/shop@4be19c07d2a84f6f9be1c5d86ad0b1f3e7a92c55",
    "4be19c07d2a84f6f9be1c5d86ad0b1f3e7a92c55 and 4be19c0, (91d0c3aa57) _91d0c3aa57_",
    "baker@example.com, <baker@example.com>, mailto:baker@example.com, xmpp:baker@example.com",
    "www.example.com *www.example.com _www.example.com (www.example.com ~WWW.example.com",
    "https://example.com http://x ftp://y //z <https://example.com>",
    '!12 ~label ~"two words" %1 %"a milestone" &1 $2 ^alert#3 @all @team/sub SHOP-12 [issue:4] [[a page]]',
    "a\n===",
    "a\n---",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "&lt;b&gt; &#64;all &copy; &#x40;all",
    "[^1] and [^1]: a note",
    "- [ ] open - [x] done",
    "[!WARNING] > [!NOTE]",
    "$math$ $$more$$ $`code`$ \\(x\\)",
    "[a]: https://example.com",
    "closes #1, fixes GH-1, resolves bakery/shop#1",
    "`4be19c07d2``4be19c07d2` `x`4be19c07d2`y` \\`4be19c07d2",
)


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
    assert not LIVE.search(html.unescape(inside))


@pytest.mark.parametrize("sample", SAMPLES)
def test_code_hosts_find_nothing_to_link_in_a_sentence(sample: str) -> None:
    text = prose(sample)
    tokens = list(leaves(MARKDOWN.parse(text)))
    assert {t.type for t in tokens} <= {"paragraph_open", "text", "code_inline", "paragraph_close"}
    assert not LIVE.search(outside_code(text))
    assert not COMMIT.search(outside_code(text))
    assert not TICKET.search(outside_code(text))
    assert plain(text) == re.sub(r"(?<!`)`([^`|\s]+)`(?!`)", r"\1", one_line(sample))


@pytest.mark.parametrize("sample", SAMPLES)
def test_nor_in_a_cell_or_a_tag(sample: str) -> None:
    table = f"| a | b |\n|---|---|\n| {prose(sample)} | {cell_code(sample)} |\n"
    folded = f"<details>\n<summary>{inner_html(sample)}</summary>\n\nwords\n\n</details>\n"
    assert shape(table).count("td_open") == 2
    for text in (table, folded):
        assert not LIVE.search(outside_code(text))
        assert not COMMIT.search(outside_code(text))
        assert not TICKET.search(outside_code(text))


PIECES = st.sampled_from(
    [
        *("`", "``", "\\", "_", "*", "^", "$", "|", "=", "-", ":", "/", ".", "://", "a", " "),
        *("<", ">", "(", ")", "[", "]", "[[", "[issue:"),
        *("@", "@x", "#1", "!1", "&1", "%1", "~l", "GH-1", "ABC-9", "www.x.y", "mailto:", "x@y.zz"),
        *("a1b2c3d", "4be19c07d2", "1234567", "deadbee"),
    ]
)


@given(st.lists(PIECES, max_size=9).map("".join))
def test_nor_in_any_pieces_of_them_side_by_side(text: str) -> None:
    for seen in (outside_code(f"x {prose(text)} y"), html.unescape(inner_html(text))):
        assert not LIVE.search(seen)
        assert not COMMIT.search(seen)
        assert not TICKET.search(seen)


def test_words_that_only_look_alike_keep_their_letters() -> None:
    for text in ("deadline of a decade", "1234567 bytes", "+32 points", "a-b-c ticket-mailer-00008-qem", "key: value"):
        assert prose(text) == text


PERMALINK = "https://git.example.com/bakery/blob/4be19c0/bakery/till%20roll.py#L34-L36"


@pytest.mark.parametrize(
    "link",
    [
        "http://git.example.com/x",
        "javascript:alert(1)",
        "https://baker:secret@git.example.com/x",
        "https://git.example.com/x) [y](https://evil.example.com/",
        "https://git.example.com/a b",
        "https://git.example.com/x?q=1&y=<z>",
        "//git.example.com/x",
        "",
        None,
    ],
)
def test_only_plain_https_addresses_become_links(link: str | None) -> None:
    assert links(linked(code("bakery/till.py:34"), PERMALINK)) == [PERMALINK]
    assert linked(code("bakery/till.py:34"), link) == "`bakery/till.py:34`"


@pytest.mark.parametrize("size", ["summary", "standard", "full"])
def test_a_place_links_to_the_code_host(size: str) -> None:
    report = second_cycle()
    report["causes"][0]["code_paths"][0]["link"] = PERMALINK
    text = render(report, "md", size=size)
    assert f"[`bakery/receipts.py:61`]({PERMALINK})" in text
    assert PERMALINK in links(text)


def test_a_long_exemplar_is_cut_and_says_so() -> None:
    cut = fence("line\n" * 500)
    assert cut.count("\n") < 50
    assert "… (cut; the report JSON has all of it)" in cut
    assert len(fence("x" * 100_000)) < 5_000


@pytest.mark.parametrize("size", ["summary", "full"])
@pytest.mark.parametrize("attack", ATTACKS + SAMPLES)
def test_an_attack_changes_nothing_but_words(attack: str, size: str) -> None:
    text = render(hostile_cycle((attack,)), "md", size=size)
    assert shape(text) == shape(render(hostile_cycle(("plain words",)), "md", size=size))
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


@pytest.mark.parametrize("name", ["first", "second", "quiet", "no-payloads"])
def test_a_ticket_keeps_its_wording(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}.md", render(ALL[name](), "md"))


@pytest.mark.parametrize("name", ["second", "quiet"])
def test_a_summary_for_a_chat_keeps_its_wording(name: str, golden: Callable[[str, str], None]) -> None:
    golden(f"{name}-summary.md", render(ALL[name](), "md", size="summary"))
