"""Python source as tokens, for files that no parser of ours takes: any version, any damage, in linear time.

The standard library's tokenizer knows one version of the language and stops at the first thing it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_PLAIN = re.compile(
    r"(?P<space>[ \t\f]++|\\\r?\n)|(?P<newline>\r?\n|\r)|(?P<comment>\#[^\r\n]*+)"
    r"|(?P<string>(?i:[rbuft]{0,3}+)(?:\"\"\"|'''|\"|'))|(?P<name>[^\W\d]\w*+)|(?P<number>\.?\d[\w.]*+)"
    r"|(?P<op>\*\*|//|<>|[!=<>:+\-*/%&|^@]=|->|[^\w\s])|(?P<other>.)",
    re.DOTALL,
)
_ENDS = {
    '"': re.compile(r'(?>(?>[^"\\\r\n]++|\\(?:\r\n|.))*)"', re.DOTALL),
    "'": re.compile(r"(?>(?>[^'\\\r\n]++|\\(?:\r\n|.))*)'", re.DOTALL),
    '"""': re.compile(r'(?>(?>[^"\\]++|\\.|"(?!""))*)"""', re.DOTALL),
    "'''": re.compile(r"(?>(?>[^'\\]++|\\.|'(?!''))*)'''", re.DOTALL),
}
_TO_BRACE = {
    '"': re.compile(r'(?>(?>[^"\\{\r\n]++|\\(?:\r\n|.)|\{\{)*)', re.DOTALL),
    "'": re.compile(r"(?>(?>[^'\\{\r\n]++|\\(?:\r\n|.)|\{\{)*)", re.DOTALL),
    '"""': re.compile(r'(?>(?>[^"\\{]++|\\.|"(?!"")|\{\{)*)', re.DOTALL),
    "'''": re.compile(r"(?>(?>[^'\\{]++|\\.|'(?!'')|\{\{)*)", re.DOTALL),
}
_LINE = re.compile(r"[^\r\n]*+")
_MAX_FIELD = 600
_MAX_NESTING = 4
_MAX_FAILURES = 100
"""f-strings of a file whose fields find no end; then they are read like any string"""


class Token(NamedTuple):
    """A piece of source; all of them joined are the source again."""

    kind: str
    """space, newline, comment, string, name, number, op or other"""
    text: str
    line: int
    """where it begins"""


def tokenize(text: str) -> list[Token]:
    """Tokens of a source in whatever state."""
    tokens = []
    at, line = 0, 1
    unterminated: set[str] = set()
    failures = [0]
    while at < len(text):
        found = _PLAIN.match(text, at)
        assert found is not None  # `other` takes any character
        end = found.end()
        kind = found.lastgroup or "other"
        if kind == "string":
            end = _string_end(text, found, unterminated, failures)
        piece = text[at:end]
        tokens.append(Token(kind, piece, line))
        line += piece.count("\n") + (piece.count("\r") - piece.count("\r\n") if "\r" in piece else 0)
        at = end
    return tokens


def split_string(token: str) -> tuple[str, str, str]:
    """Prefix in lower case, quote, and what stands between the quotes of a string token."""
    quoted = token.lstrip("rRbBuUfFtT")
    prefix = token[: len(token) - len(quoted)].lower()
    quote = quoted[:3] if quoted[:3] in _ENDS else quoted[:1]
    body = quoted[len(quote) :]
    return prefix, quote, body[: -len(quote)] if body.endswith(quote) else body


def fields(body: str, quote: str) -> Iterator[tuple[int, int]]:
    """Start and end, braces included, of each replacement field of an f-string's body."""
    at = 0
    while at < len(body):
        literal = _TO_BRACE[quote].match(body, at)
        start = literal.end() if literal else at
        if start >= len(body):
            return
        end = _field_end(body, start, 0) if body[start] == "{" else start + 1
        if end is None:
            return
        if body[start] == "{":
            yield start, end
        at = end


def _string_end(text: str, opening: re.Match[str], unterminated: set[str], failures: list[int]) -> int:
    """Where the string ends; where its quote never comes, at the end of the line."""
    prefix, quote, _ = split_string(opening.group())
    if ("f" in prefix or "t" in prefix) and failures[0] < _MAX_FAILURES:
        end = _formatted_end(text, opening.end(), quote, 0)
        if end is not None:
            return end
        failures[0] += 1
    if quote not in unterminated:
        found = _ENDS[quote].match(text, opening.end())
        if found:
            return found.end()
        if len(quote) == 3:
            unterminated.add(quote)  # looked for to the end of the text: once is enough
    rest = _LINE.match(text, opening.end())
    return rest.end() if rest else opening.end()


def _formatted_end(text: str, at: int, quote: str, depth: int) -> int | None:
    """End of an f-string whose fields may hold its own quote, as Python 3.12 allows; None where it has none."""
    while True:
        literal = _TO_BRACE[quote].match(text, at)
        at = literal.end() if literal else at
        if text.startswith(quote, at):
            return at + len(quote)
        if not text.startswith("{", at):
            return None
        end = _field_end(text, at, depth)
        if end is None:
            return None
        at = end


def _field_end(text: str, at: int, depth: int) -> int | None:
    """Behind the brace that closes the field that begins at `at`; None where it is too far or too deep."""
    if depth > _MAX_NESTING:
        return None
    start, level = at, 0
    while at < len(text) and at - start < _MAX_FIELD:
        found = _PLAIN.match(text, at)
        assert found is not None
        piece = found.group()
        at = found.end()
        if found.lastgroup == "string":
            prefix, quote, _ = split_string(piece)
            if "f" in prefix or "t" in prefix:
                end = _formatted_end(text, at, quote, depth + 1)
            else:
                closed = _ENDS[quote].match(text, at, at + _MAX_FIELD)
                end = closed.end() if closed else None
            if end is None:  # no second try: what fails at one level would be tried again at each
                return None
            at = end
        elif piece in "{[(":
            level += 1
        elif piece in "}])":
            level -= 1
            if not level:
                return at
    return None
