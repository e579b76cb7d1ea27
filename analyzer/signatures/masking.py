"""Masks: what varies in one message alone becomes `<kind>`; numbers that identify an error stay.

All rules of the kind `masks` form one pattern. It is tried from left to right; at each place the first rule that
matches wins. A rule with `replace` masks, a rule without keeps its match out of reach of the rules after it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import groupby

from analyzer.errors import RuleError
from analyzer.rules import Rule, load_rules

_FLAG_LETTERS = ((re.IGNORECASE, "i"), (re.MULTILINE, "m"), (re.DOTALL, "s"), (re.VERBOSE, "x"))

_Key = tuple[tuple[str, str, int, str | None, str | None, str | None], ...]
_EDGE = (
    r"(?:(?<![A-Za-z0-9])(?:(?=[A-Za-z0-9])|(?=::(?:[0-9A-Fa-f]|[\s)\],;/]|$))|(?=[</][A-Za-z*])|(?=\([0-9])|(?=[.+_%][A-Za-z0-9]))"
    r"|(?=-[A-Za-z0-9]))"
)
"""Where rules with `words` begin: at the first letter or figure of a word, or at one of a few signs."""
_NOT_A_PLAIN_WORD = r"(?![A-Za-z]++(?:[\s,;!?)\]}\"']|[.:](?:\s|$)|$))"


def mask(message: str, rules: Sequence[Rule] | None = None) -> str:
    """`message` with what varies replaced by placeholders such as `<num>`; masking twice is masking once.

    `rules` are those of the kind `masks`, the shipped ones where None.
    """
    substitute = _compile(_key(load_rules("masks") if rules is None else rules)).substitute
    before, after = message, substitute(message)
    while after != before:  # a mask can bring context for another; every round leaves less text to mask
        before, after = after, substitute(after)
    return after


def extract_facts(message: str, rules: Sequence[Rule] | None = None) -> tuple[tuple[str, str], ...]:
    """The numbers that are the identity of an error, as sorted distinct (kind, value).

    Kinds are those the rules call `fact`: http_status, errno, sqlstate, close_code, exit_code, signal.
    """
    return _compile(_key(load_rules("masks") if rules is None else rules)).facts(message)


def _key(rules: Sequence[Rule]) -> _Key:
    return tuple(
        (r.id, r.pattern.pattern, r.pattern.flags, r.replace, r.extra.get("fact"), r.extra.get("words")) for r in rules
    )


@lru_cache(maxsize=16)
def _compile(key: _Key) -> _Masker:
    return _Masker(key)


class _Masker:
    """Rules as one pattern; `lastindex` tells which rule matched, because its group closes last."""

    def __init__(self, key: _Key) -> None:
        self._actions: dict[int, tuple[int, Callable[[re.Match[str]], str] | str | None, str | None]] = {}
        pieces: list[str] = []
        group = 1
        for gated, run in groupby(key, lambda row: row[5] is not None):
            rows = list(run)
            alternatives = []
            for rule_id, source, flags, replace, fact, _ in rows:
                pattern = re.compile(source, flags)
                if pattern.groupindex:
                    raise RuleError(f"rule {rule_id}: a mask cannot have named groups", "use plain groups")
                alternatives.append(_group(source, flags))
                action = _expansion(pattern, replace) if replace is not None and "\\" in replace else replace
                self._actions[group] = (pattern.groups, action, fact)
                group += 1 + pattern.groups
            body = "|".join(alternatives)
            if gated:
                words = "|".join(sorted({row[5] for row in rows if row[5]}))
                gate = (
                    f"{_EDGE}(?:{_NOT_A_PLAIN_WORD}|(?i:{words})(?![A-Za-z]))" if words else _EDGE + _NOT_A_PLAIN_WORD
                )
                body = f"(?={gate})(?:{body})"
            pieces.append(body)
        self._pattern = re.compile("|".join(pieces) or "(?!)")

    def substitute(self, text: str) -> str:
        return self._pattern.sub(self._replace, text)

    def facts(self, text: str) -> tuple[tuple[str, str], ...]:
        found = set()
        for match in self._pattern.finditer(text):
            index = match.lastindex or 0
            groups, _, fact = self._actions[index]
            if fact:
                value = next((v for n in range(1, groups + 1) if (v := match[index + n]) is not None), match[0])
                found.add((fact, value))
        return tuple(sorted(found))

    def _replace(self, match: re.Match[str]) -> str:
        action = self._actions[match.lastindex or 0][1]
        if action is None:
            return match[0]
        return action if isinstance(action, str) else action(match)


def _expansion(pattern: re.Pattern[str], replace: str) -> Callable[[re.Match[str]], str]:
    def expand(match: re.Match[str]) -> str:
        alone = pattern.match(match.string, match.start())
        return alone.expand(replace) if alone else match[0]

    return expand


def _group(source: str, flags: int) -> str:
    letters = "".join(letter for flag, letter in _FLAG_LETTERS if flags & flag)
    if not letters:
        return f"({source})"
    return f"((?{letters}:{source}\n))" if "x" in letters else f"((?{letters}:{source}))"  # a comment may end it
