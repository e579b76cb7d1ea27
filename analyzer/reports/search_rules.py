"""The forms of a fix as rules of ast-grep (https://ast-grep.github.io) and semgrep (https://semgrep.dev).

They hold what other tools can check: the form itself, and what makes it harmless at the same place. What the siblings
were told apart by besides (definitions, what a value holds) is not in them, so they may find more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from analyzer.errors import ReportError
from analyzer.model import Shape
from analyzer.reports.hostile import clean_values

_REST = re.compile(r"\.\.\.")
_KEYWORD = re.compile(r"(?P<callee>[\w.$]+)\(\.\.\., (?P<name>\w+)=(?P<value>[^,]+), \.\.\.\)")
_OTHER_QUOTES = str.maketrans({"'": '"', '"': "'"})


def ast_grep_rules(shapes: Sequence[Shape], *, commit: str) -> str:
    """YAML documents, one a form. Raises `ReportError` where no form can be put into a rule."""
    documents = []
    for number, shape in _with_patterns(shapes):
        pattern = shape.pattern
        assert pattern is not None
        rules = _matching(pattern.search)
        rules += [_inside(text) for text in pattern.inside]
        rules += [{"not": _together(_matching(text))} for text in pattern.unless]
        rules += [{"not": _inside(text)} for text in _once(pattern.unless_inside)]
        document = {
            "id": _id(shape, commit, number),
            "language": "python",
            "severity": "error",
            "message": _message(shape, commit),
            "rule": _together(rules),
        }
        documents.append(_yaml(clean_values(document), 0))
    return "\n---\n".join(documents) + "\n"


def semgrep_rules(shapes: Sequence[Shape], *, commit: str) -> str:
    """One YAML document with a rule for each form. Raises `ReportError` where no form can be put into a rule."""
    rules = []
    for number, shape in _with_patterns(shapes):
        pattern = shape.pattern
        assert pattern is not None
        parts = [{"pattern": pattern.search}]
        parts += [{"pattern-inside": text} for text in pattern.inside]
        parts += [{"pattern-not": text} for text in pattern.unless]
        parts += [{"pattern-not-inside": text} for text in pattern.unless_inside]
        rules.append(
            {
                "id": _id(shape, commit, number),
                "languages": ["python"],
                "severity": "ERROR",
                "message": _message(shape, commit),
                "patterns": parts,
            }
        )
    return _yaml(clean_values({"rules": rules}), 0) + "\n"


def _with_patterns(shapes: Sequence[Shape]) -> list[tuple[int, Shape]]:
    found = [(n, shape) for n, shape in enumerate(shapes, 1) if shape.pattern is not None]
    if not found:
        raise ReportError("no form of this answer can be put into a rule", "write .sarif or .json instead")
    return found


def _id(shape: Shape, commit: str, number: int) -> str:
    return f"unrepaired-{shape.kind.value}-{commit[:10]}-{number}"


def _message(shape: Shape, commit: str) -> str:
    return f"Commit {commit[:10]} repaired this form elsewhere: {shape.text}"


def _dollars(text: str) -> str:
    """The pattern in ast-grep's words: `$$$` for any rest."""
    return _REST.sub("$$$", text)


def _matching(text: str) -> list[dict[str, Any]]:
    """What a node must be to fit a pattern. A keyword among others and either kind of quotes are told apart here."""
    keyword = _KEYWORD.fullmatch(text)
    if keyword:
        named: dict[str, Any] = {"field": "name", "regex": f"^{keyword['name']}$"}
        wanted: list[dict[str, Any]] = [{"kind": "keyword_argument"}, {"has": named}]
        if not keyword["value"].startswith("$"):
            wanted.append({"has": {"field": "value", "regex": f"^{re.escape(keyword['value'])}$"}})
        return [
            {"pattern": f"{keyword['callee']}($$$)"},
            {"has": {"field": "arguments", "has": {"all": wanted}}},
        ]
    written = _dollars(text)
    other = written.translate(_OTHER_QUOTES)
    return [{"pattern": written}] if other == written else [{"any": [{"pattern": written}, {"pattern": other}]}]


def _together(rules: list[dict[str, Any]]) -> dict[str, Any]:
    return rules[0] if len(rules) == 1 else {"all": rules}


def _inside(text: str) -> dict[str, Any]:
    if text.startswith("{"):  # an item of a dict: the pattern of one is no Python
        return {"inside": {"kind": "pair"}}
    if text.startswith("try:"):
        return {"inside": {"kind": "try_statement", "stopBy": "end"}}
    return {"inside": {"pattern": _dollars(text)}}


def _once(patterns: Sequence[str]) -> list[str]:
    tries = [p for p in patterns if p.startswith("try:")]
    return [p for p in patterns if not p.startswith("try:")] + tries[:1]


def _yaml(value: Any, depth: int) -> str:
    """Maps and lists in blocks, every text as a JSON string, which YAML reads alike."""
    pad = "  " * depth
    if isinstance(value, Mapping):
        return "\n".join(f"{pad}{key}:{_nested(item, depth)}" for key, item in value.items())
    if isinstance(value, list):
        lines = []
        for item in value:
            inner = _yaml(item, depth + 1)
            lines.append(f"{pad}- {inner[len(pad) + 2 :]}" if isinstance(item, Mapping) else f"{pad}- {_scalar(item)}")
        return "\n".join(lines)
    return pad + _scalar(value)


def _nested(item: Any, depth: int) -> str:
    if isinstance(item, Mapping | list):
        return "\n" + _yaml(item, depth + 1)
    return f" {_scalar(item)}"


def _scalar(value: Any) -> str:
    return (
        value
        if isinstance(value, str) and re.fullmatch(r"[a-z][\w\-]*", value) and value not in _WORDS
        else (json.dumps(value, ensure_ascii=True))
    )


_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
