"""Messages to forms: fold what carries a digit, then wildcards for values that are recognised by their shape.

A form is a tuple of tokens: words and single separators, each with the space before it, or `W` (with its space).
Folding is cheap and done for every message; the rest is done once for every distinct fold.
"""

from __future__ import annotations

import re

from analyzer.model import WILDCARD

Form = tuple[str, ...]

W = "\x00"
"""the wildcard token while mining; a token is `W` or ` W` written with this character"""
MAX_HEAD_CHARS = 2_000
MAX_TOKENS = 120
_S = r"\s=:,;()\[\]{}\"'|<>"
_WITH_DIGIT = re.compile(rf"(?<![^{_S}])[^{_S}\d]*+\d[^{_S}]*+")
"""A word with a digit (any word: knowledge says one possessive pattern is 2.2 times as fast as a plain one)."""
_TOKEN = re.compile(rf"( ?)(?:(\x00)|(<(?:\*|[a-z][a-z0-9_]*)>)|([^\x00{_S}]+)|([^\x00\s]))")
_DAYS = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_SHAPES = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"<(?:\*|[a-z][a-z0-9_]{0,31})>", W),
        (rf"(?<![^{_S}])[A-Za-z][A-Za-z0-9+.-]{{1,20}}://[^\s\"'<>,;)\]]++", W),  # URL
        (rf"(?<![^{_S}])[\w.+-]{{1,64}}+@[\w.-]++", W),  # e-mail, user@host
        (rf"(?<![^{_S}])(?:[A-Za-z]:)?(?:[\\/][\w.@$%~+*-]++){{2,40}}[\\/]?(?![^{_S}])", W),  # path
        (rf"(?<![^{_S}])[\w.@$%~+*-]++(?:/[\w.@$%~+*-]++){{2,40}}/?(?![^{_S}])", W),  # path without a root
        (rf"\b(?:{_DAYS})\b(?=[ ,])|\b(?:{_MONTHS})\b(?=[ ,]?\x00)", W),
        (rf"(?<![^{_S}])[A-Za-z][\w-]*+(?:\.[\w-]++)+(?=:\x00)", W),  # host before a port
        (r"(?<==)(?:\"[^\"]{0,400}+\"|'[^']{0,400}+'|[^\s,;|\"'()\[\]{}<>=]++)", W),  # key=value
        (r"(?<=\bfor user )[\w.$-]++", W),
        (r"\"[^\"]{1,200}+\"", f'"{W}"'),
        (rf"(?<![^{_S}])'[^']{{1,200}}+'(?![A-Za-z0-9])", f"'{W}'"),
        (rf"(?<![^{_S}])[A-Za-z_][\w$-]*+(?:\.[A-Za-z_][\w$-]*+){{2,12}}(?![^{_S}])", W),  # dotted name
        (rf"(?<![^{_S}])(?i:true|false)(?![^{_S}])", W),
    )
)
_RUNS = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"\x00 ?(?:ms|us|ns|secs?|seconds?|minutes?|mins?|hours?|hrs?|bytes?|[KMGT]i?B|[kmgt]b|%)(?![\w-])", W),
        (r"\x00(?>(?:[:.,/-]? ?\x00)+)", W),
        (r"\(\x00\)|(?<=\x00) ?\(\)|(?<=\x00)\{ ?\x00 ?\}|[<>~]\x00(?!>)", W),
        (r"\[\x00\]", f"[{W}]"),
    )
)


def fold(message: str) -> str:
    """The first line of a message with every word that holds a digit as one wildcard."""
    head = message.lstrip().split("\n", 1)[0][:MAX_HEAD_CHARS]
    return _WITH_DIGIT.sub(W, head.replace(W, " "))


def normalise(folded: str) -> Form:
    """The form of a folded message."""
    text = " ".join(folded.split())
    for pattern, by in _SHAPES:
        text = pattern.sub(by, text)
    before = None
    while before != text:
        before = text
        for pattern, by in _RUNS:
            text = pattern.sub(by, text)
    return tokens(text)


def tokens(text: str) -> Form:
    """Words, separators, wildcards and placeholders, each with the space before it; at most `MAX_TOKENS`."""
    found = [m[0] for m in _TOKEN.finditer(text)]
    return tuple(found[:MAX_TOKENS]) if len(found) <= MAX_TOKENS else (*found[: MAX_TOKENS - 1], " " + W)


def is_wild(token: str) -> bool:
    """True for a wildcard."""
    return token[-1] == W


def is_word(token: str) -> bool:
    """True for a constant that says something: neither wildcard nor separator."""
    return token[-1] != W and any(c.isalnum() for c in token)


def write(form: Form) -> str:
    """The form as a template text."""
    return "".join(form).replace(W, WILDCARD).strip()
