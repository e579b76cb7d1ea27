"""Markdown as trackers read it: CommonMark's blocks, and what code hosts make of text outside code."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = re.compile(r"</?(?:details|summary|code)>")
HIDDEN = "\u200b"

LIVE = re.compile(
    r"""(?xi)
      (?: ^ | \W ) @ [a-z0-9]                          # @team
    | [\w.+-] @ [\w-]+ \. \w                           # somebody@example.com
    | (?<! [&\w] ) \# \d | [\w.-] / [\w.-]+ \# \d      # #12, shop/till#12
    | \b gh- \d
    | (?: ^ | [\s*_~(\[] ) www \.
    | :// | \b (?: mailto | xmpp ) :
    | [!~%$^] \w | & \w                                # GitLab's requests, labels, milestones, snippets, epics
    | \[ \[ | \[ [a-z_]+ :
    """
)
"""What code hosts make links or mentions of, in text outside code."""

COMMIT = re.compile(r"\b(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b|\b\d{40}\b")
TICKET = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Z0-9_]+-\d")


def leaves(tokens: list[Token]) -> Iterator[Token]:
    """The tokens that hold text."""
    for token in tokens:
        yield from [token] if token.children is None else leaves(token.children)


def shape(text: str) -> list[str]:
    """The block structure a text has, code spans and text runs aside."""
    return [token.type for token in MARKDOWN.parse(text)]


def plain(text: str) -> str:
    """What a reader of the rendered Markdown sees."""
    seen = "".join(t.content if t.type != "softbreak" else " " for t in leaves(MARKDOWN.parse(text)))
    return seen.replace(HIDDEN, "")


def outside_code(text: str) -> str:
    """The rendered text that filters for mentions and links look at."""
    out, within = [], False
    for token in leaves(MARKDOWN.parse(text)):
        if token.type == "html_inline":
            within = token.content == "<code>" or (within and token.content != "</code>")
        elif token.type == "text" and not within:
            out.append(token.content)
        elif token.type == "html_block":
            out.append(html.unescape(OURS.sub("", token.content)))
    return "\n".join(out)


def links(text: str) -> list[str]:
    """Where the text leads."""
    return [str(t.attrs["href"]) for t in leaves(MARKDOWN.parse(text)) if t.type == "link_open"]


def flaws(text: str) -> list[str]:
    """What is not well formed: a fence or a tag that is open at the end, an escape or an entity that was cut."""
    found = []
    last = MARKDOWN.parse(f"{text}\n\nafter it")[-2:]
    if [t.content for t in last[:1]] != ["after it"]:
        found.append("a block is open at the end")
    tags = "".join(t.content for t in leaves(MARKDOWN.parse(text)) if t.type in {"html_block", "html_inline"})
    found += [f"<{tag}> is open" for tag in ("details", "summary") if tags.count(f"<{tag}>") != tags.count(f"</{tag}>")]
    end = text.rstrip()
    if (len(end) - len(end.rstrip("\\"))) % 2:
        found.append("an escape is cut")
    if re.search(r"&#?\w*$", end):
        found.append("an entity is cut")
    if text and not text.endswith("\n"):
        found.append("the last line has no end")
    return found
