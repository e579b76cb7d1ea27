"""Folds to forms: words and separators, with wildcards for values that are known by their shape.

A form is a tuple of tokens without blanks: words, single separators, or `W`. Which shape a word has is decided once
for every distinct word, what neighbours make of it (quotes, units, runs of wildcards) once for every fold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from analyzer.model import WILDCARD
from analyzer.signatures.folding import SEPARATORS, W

Form = tuple[str, ...]

MAX_TOKENS = 120
TOKEN = re.compile(
    rf"\x00|<(?:\*|[a-z][a-z0-9_]*)>|[^\x00{SEPARATORS}]+(?:(?<=[A-Za-z])'(?=[A-Za-z])[^\x00{SEPARATORS}]+)*|[^\s]"
)
"""a wildcard, a placeholder, a word (an apostrophe between letters is part of it), or any other sign"""
_S = SEPARATORS
_MAX_QUOTED = 60
"""so many tokens a quoted text may have"""
_SHAPES = tuple(
    re.compile(pattern)
    for pattern in (
        r"<(?:\*|[a-z][a-z0-9_]{0,31})>",  # a placeholder
        rf"(?<![^{_S}])[A-Za-z][A-Za-z0-9+.-]{{1,20}}://[^\s\"'<>,;)\]]++",  # URL
        rf"(?<![^{_S}])[\w.+-]{{1,64}}+@[^{_S}]++",  # e-mail, user@host
        rf"(?<![^{_S}])(?:[A-Za-z]:)?(?:[\\/][\w.@$%~+*-]++){{2,40}}[\\/]?(?![^{_S}])",  # path
        rf"(?<![^{_S}])[\w.@$%~+*-]++(?:/[\w.@$%~+*-]++){{2,40}}/?(?![^{_S}])",  # path without a root
        rf"(?<![^{_S}])[A-Za-z][\w-]*+(?:\.[\w-]++)+(?=:\x00)",  # host before a port
        rf"(?<![^{_S}])(?:(?:[0-9A-Fa-f]{{2}}|\x00):){{2,40}}(?:[0-9A-Fa-f]{{2}}|\x00)(?![^{_S}])",  # pairs: MAC, WWN
        r"(?<==)[^\s,;|\"'()\[\]{}<>=]++",  # key=value
        rf"(?<![^{_S}])(?i:true|false)(?![^{_S}])",
    )
)
_DAYS = frozenset(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])
_MONTHS = frozenset(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
DATE_WORDS = _DAYS | _MONTHS
_NAMES = DATE_WORDS | {"user"}
_METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "TRACE"])
_SECONDS = frozenset(["ms", "us", "ns", "sec", "secs", "second", "seconds"])
_LONGER = frozenset(["min", "mins", "minute", "minutes", "hr", "hrs", "hour", "hours"])
_SIZES = frozenset([f"{scale}{unit}" for scale in "KMGT" for unit in ("", "B", "iB", "b")])
_UNITS = _SECONDS | _LONGER | _SIZES | {"%", "B", "byte", "bytes", "kB", "kb", "mb", "gb", "tb"}
_BETWEEN = frozenset(":.,/-")
"""between two wildcards these make one value of them"""
_ANGLES = frozenset("<>")
_OPENING = {")": "(", "}": "{"}


def forms_of(folds: Iterable[str]) -> dict[str, Form]:
    """fold → its form. Every distinct word is looked at once."""
    tokens_of = _TokensOfWords()
    return {fold: _form(fold, list(chain.from_iterable(map(tokens_of.__getitem__, fold.split(" "))))) for fold in folds}


def _form(folded: str, tokens: list[str]) -> Form:
    if '"' in folded or "'" in folded:
        tokens = _unquoted(tokens)
    if not _NAMES.isdisjoint(tokens):
        tokens = _dates_and_users(tokens)
    return _bounded(_reduced(tokens))


def masked_form(masked: str) -> Form:
    """The form of a text that was masked by rules: its placeholders stay what they are."""
    return _bounded(TOKEN.findall(masked))


class _TokensOfWords(dict[str, Form]):
    """word between blanks → its tokens, values known by their shape as wildcards."""

    def __missing__(self, word: str) -> Form:
        shaped = word
        if not word.isalpha():
            for pattern in _SHAPES:
                shaped = pattern.sub(W, shaped)
        elif word.lower() in ("true", "false"):
            shaped = W
        found = self[word] = tuple(TOKEN.findall(shaped))
        return found


@lru_cache(maxsize=100_000)
def marks_of_word(word: str) -> tuple[list[str], list[bool]]:
    """(the tokens of a word between blanks as they stand, whether there is room before each)."""
    tokens = TOKEN.findall(word)
    return tokens, [number == 0 for number in range(len(tokens))]


@lru_cache(maxsize=200_000)
def is_word(token: str) -> bool:
    """True for a constant that says something: neither wildcard nor separator."""
    return token != W and any(c.isalnum() for c in token)


def write(form: Form) -> str:
    """The form as a text, tokens between blanks."""
    return " ".join(form).replace(W, WILDCARD)


def _bounded(tokens: list[str]) -> Form:
    if len(tokens) > MAX_TOKENS:
        tokens = tokens[: MAX_TOKENS - 1]
        tokens += [W] * (tokens[-1] != W)  # for all the rest
    return tuple(tokens)


def _unquoted(tokens: list[str]) -> list[str]:
    """What stands in quotes as one wildcard; the quotes go too where a key stands before. A method of HTTP stays."""
    out: list[str] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        if token in "\"'" and token in tokens[at + 2 : at + 2 + _MAX_QUOTED]:
            end = tokens.index(token, at + 2)
            if out and out[-1] == "=":
                out.append(W)
            elif tokens[at + 1] in _METHODS and end > at + 2:
                out += [token, tokens[at + 1], W, token]
            else:
                out += [token, W, token]
            at = end + 1
        else:
            out.append(token)
            at += 1
    return out


def _dates_and_users(tokens: list[str]) -> list[str]:
    """Names of days and months in a date, and the word after `for user`, as wildcards."""
    out = list(tokens)
    for at in range(len(out) - 1, -1, -1):
        token = out[at]
        if token in _MONTHS or token in _DAYS:
            rest = out[at + 1 : at + 3]
            if token in _DAYS and rest[:1] == [","]:
                rest = rest[1:]
            if rest and rest[0] == W:  # a month before it has become one
                out[at] = W
        elif token == "for" and out[at + 1 : at + 2] == ["user"] and at + 2 < len(out) and is_word(out[at + 2]):
            out[at + 2] = W
    return out


def _reduced(tokens: list[str]) -> list[str]:
    """One wildcard for a run of them, with the units and brackets that belong to it."""
    out: list[str] = []
    at = 0
    for wild in [n for n, token in enumerate(tokens) if token == W]:
        out += tokens[at:wild]
        at = max(at, wild + 1)
        if out and out[-1] in _ANGLES and tokens[at : at + 1] != [">"]:
            out.pop()
        if out and out[-1] in _BETWEEN and out[-2:-1] == [W]:
            out.pop()
        if not out or out[-1] != W:
            out.append(W)
        while at < len(tokens):  # what follows a wildcard and belongs to it
            token = tokens[at]
            opening = _OPENING.get(token)
            if opening and out[-2:-1] == [opening] and (token == ")" or out[-3:-2] == [W]):  # (W), W{W}
                del out[-2:]
                if out[-1:] != [W]:
                    out.append(W)
            elif token == "(" and tokens[at + 1 : at + 2] == [")"]:  # W ()
                at += 1
            elif token not in _UNITS:
                break
            at += 1
    out += tokens[at:]
    return out
