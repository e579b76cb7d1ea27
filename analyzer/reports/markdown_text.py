"""Strangers' text as Markdown that stays text: it mentions nobody, links nowhere, closes nothing, hides nothing.

Covers CommonMark, GitHub's and GitLab's additions (tables, autolinks, mentions, references, quick actions, math).
"""

from __future__ import annotations

import re

from analyzer.reports.hostile import one_line

_SPACE = "&#8203;"
"""A zero-width space as entity: breaks `@name`, `#12`, `https://` for the filters that look at the rendered text."""

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "|": "&vert;"}
_HTML_CHARACTERS = re.compile(r'[&<>"|]')
_MARKS = re.compile(r"[\\`*_{}\[\]~#$^]")
_LEADING = re.compile(r"(?:[-+=/]|\d{1,9}[.)])")
_TICKED = re.compile(r"(?<!`)`([^`|\s](?:[^`|]{0,200}[^`|\s])?)`(?!`)")

_ACTIVE = re.compile(
    r"""(?xi)
      (?P<before> [@\#!$%~^] | &amp; ) (?= [\w\\/"&] )   # user, ticket, merge request, label, epic
    | (?P<scheme> : ) (?= // )                           # https://…
    | (?P<www> \bwww ) (?= \. )
    | (?P<ticket> \bgh- ) (?= \d )                       # GH-12
    | (?P<mail> \bmailto ) (?= : )
    """
)

_COMMENT_ENDS = re.compile(r"<(?=!--)|--(?=!?>)")
_TICKS = re.compile(r"`+")


def prose(text: str) -> str:
    """A sentence, on one line, safe within a paragraph, a list item, a heading or a table cell.

    What stands between single ticks becomes a code span, as our own sentences mean it.
    """
    line = one_line(text)
    pieces = _TICKED.split(line)
    out = "".join(code(piece) if odd % 2 else _escaped(piece) for odd, piece in enumerate(pieces))
    leading = _LEADING.match(line)
    if not leading:
        return out
    cut = leading.end() - 1
    return f"{out[:cut]}\\{out[cut:]}"


def _escaped(line: str) -> str:
    escaped = _MARKS.sub(lambda found: f"\\{found[0]}", _quiet(_HTML_CHARACTERS.sub(lambda f: _HTML[f[0]], line)))
    # Our own entity was escaped along with the rest; a stranger's begins with `&amp;`.
    return escaped.replace(r"&\#8203;", _SPACE)


def inner_html(text: str) -> str:
    """The same for text inside an HTML tag, where Markdown's backslashes do not count."""
    return _quiet(_HTML_CHARACTERS.sub(lambda found: _HTML[found[0]], one_line(text)))


def code(text: str) -> str:
    """A code span on one line, its ticks longer than any run inside. Not for tables: see `cell_code`."""
    line = _without_comments(one_line(text)) or " "
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def cell_code(text: str) -> str:
    """Code for a table cell: as tag, since no table dialect agrees on a pipe within ticks."""
    return f"<code>{prose(text)}</code>" if one_line(text) else ""


def fence(text: str, *, max_lines: int = 40, max_characters: int = 4_000) -> str:
    """A fenced block longer than any run of ticks inside; what is cut is counted."""
    lines = _without_comments(text[:max_characters]).split("\n")
    cut = len(text) > max_characters or len(lines) > max_lines
    lines = lines[:max_lines] + (["… (cut; the report JSON has all of it)"] if cut else [])
    body = "\n".join(lines)
    ticks = "`" * max(3, _longest_run(body) + 1)
    return f"{ticks}text\n{body}\n{ticks}"


def _quiet(text: str) -> str:
    return _ACTIVE.sub(lambda found: f"{found[0]}{_SPACE}", text)


def _longest_run(text: str) -> int:
    return max((len(run) for run in _TICKS.findall(text)), default=0)


def _without_comments(text: str) -> str:
    """No `<!--` and no `-->`, even in code: tools find their markers in a ticket by plain search."""
    return _COMMENT_ENDS.sub(lambda found: f"{found[0]}\u200b", text)
