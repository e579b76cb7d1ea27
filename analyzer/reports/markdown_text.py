"""Strangers' text as Markdown that stays text: it mentions nobody, links nowhere, closes nothing, hides nothing.

Covers CommonMark, GitHub's and GitLab's additions (tables, autolinks, mentions, references, quick actions, math).
"""

from __future__ import annotations

import re

from analyzer.reports.hostile import one_line

_SPACE = "&#8203;"
"""A zero-width space as entity: breaks `@name`, `#12`, `https://` for the filters that look at the rendered text."""

_BREAK = "\u200b"
"""Stands for it where text is still to be escaped; `one_line` leaves none of a stranger's."""

_HTML = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "|": "&vert;"}
_HTML_CHARACTERS = re.compile(r'[&<>"|]')
_MARKS = re.compile(r"[\\`*_{}\[\]~#$^]")
_LEADING = re.compile(r"(?:[-=/]|\+(?= |$)|\d{1,9}[.)])")

_ACTIVE = re.compile(
    r"""(?x)
      (?: [@\#!$%~^] | &amp; ) (?= [\w\\/"&] )            # user, ticket, merge request, label, epic
    | \$ $                                               # before a code span: math
    | : (?= // )                                         # https://…
    | (?<! [^\W_] ) (?i: www ) (?= \. )                  # also after `_`
    | (?<! [^\W_] ) (?: (?i: gh ) | [A-Z] [A-Z0-9_]{1,30}+ ) - (?= \d )   # GH-12; keys of tickets, PROJ-12
    | (?<! [^\W_] ) (?i: mailto | xmpp ) (?= : )
    | \[ (?= \[ | [a-z_]{1,30}+ : )                      # [[wiki page]], [issue:12]
    """
)

_COMMIT = re.compile(r"(?<!\w)(?=[a-f]*+[0-9])(?=[0-9]*+[a-f]|[0-9]{40})[0-9a-f]{7,64}+(?!\w)")
"""What a code host takes for a commit and links; neither words nor numbers."""

_CODE = re.compile(rf"(?<!`)`(?P<ticked>[^`|\s](?:[^`|]{{0,200}}[^`|\s])?)`(?!`)|(?P<commit>{_COMMIT.pattern})")
"""What is shown as code: what stands between single ticks, and commits."""

_LINK = re.compile(r"https://[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?/[A-Za-z0-9._~%/+-]{1,2000}(?:#[A-Za-z0-9:-]{1,40})?")

_COMMENT_ENDS = re.compile(r"<(?=!--)|--(?=!?>)")
_TICKS = re.compile(r"`+")


def prose(text: str) -> str:
    """A sentence, on one line, safe within a paragraph, a list item, a heading or a table cell.

    What stands between single ticks becomes a code span, as our own sentences mean it, and so does what reads as a
    commit: code hosts link nothing within code.
    """
    line = one_line(text)
    out, at = "", 0
    for found in _CODE.finditer(line):
        between = _escaped(line[at : found.start()])
        # Spans that touch would be one run of ticks.
        out += (between or (_SPACE if out else "")) + code(found["ticked"] or found["commit"])
        at = found.end()
    out += _escaped(line[at:])
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
    line = _COMMIT.sub(lambda found: _broken(found[0]), one_line(text))
    return _quiet(_HTML_CHARACTERS.sub(lambda found: _HTML[found[0]], line)).replace(_BREAK, _SPACE)


def _broken(commit: str) -> str:
    """Six digits at a time, with marks for a space between: code hosts take seven and more for a commit."""
    return _BREAK.join(commit[at : at + 6] for at in range(0, len(commit), 6))


def code(text: str) -> str:
    """A code span on one line, its ticks longer than any run inside. Not for tables: see `cell_code`."""
    line = _without_comments(one_line(text)) or " "
    ticks = "`" * (_longest_run(line) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{ticks}{pad}{line}{pad}{ticks}"


def cell_code(text: str) -> str:
    """Code for a table cell: as tag, since no table dialect agrees on a pipe within ticks."""
    line = one_line(text)
    return f"<code>{_escaped(line)}</code>" if line else ""


def linked(shown: str, link: str | None) -> str:
    """Markdown of ours as a link, where that is a plain https address; else as it is."""
    return f"[{shown}]({link})" if shown and link and plain_https(link) else shown


def plain_https(link: str) -> bool:
    """Whether it is an https address without user, query, or a character that any format could take for its own."""
    return _LINK.fullmatch(link) is not None


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
