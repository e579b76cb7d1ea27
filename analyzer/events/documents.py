"""Error texts inside JSON documents: payloads, and documents that were printed into a message."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from analyzer.model import NestedText

_MAX_DOCUMENT = 262_144
_MAX_LITERAL = 16_384
_MAX_STARTS = 6
_MAX_DEPTH = 8
_MAX_TEXTS = 40

# how specific a key is: the higher, the nearer to what really failed
_RANKS = {
    **dict.fromkeys(("title", "summary", "errortitle"), 1),
    **dict.fromkeys(("message", "msg", "text", "detail", "details", "description", "reason", "failure"), 2),
    **dict.fromkeys(("error", "err", "errormessage", "errormsg", "errordescription", "errordetail", "errors"), 3),
    **dict.fromkeys(("failurereason", "errorreason", "lasterror", "stderr"), 3),
    **dict.fromkeys(("exception", "exceptionmessage", "exceptionvalue", "cause", "rootcause", "causedby"), 4),
    **dict.fromkeys(("innererror", "innerexception", "originalerror"), 4),
}
_PLACEHOLDER_TYPES = frozenset(("str", "int", "float", "bool", "dict", "list", "NoneType", "object", "none"))
_PAIR = re.compile(r'"(?P<key>[A-Za-z_-]{3,30})"\s{0,4}:\s{0,4}"(?P<text>(?>(?:[^"\\]|\\.){1,8000}))"')
_START = re.compile(r"\{\s{0,40}[\"'}]|\[\s{0,40}\{")
_HAS_WORD = re.compile(r"[^\W\d_]{3}")


def nested_texts(message: str) -> tuple[NestedText, ...]:
    """Error texts of the documents inside a message, outermost first; the last is the most specific."""
    if "{" not in message:
        return ()
    found: list[tuple[int, int, int, NestedText]] = []
    for document in _documents(message):
        _collect(document, 0, 0, found)
    if not found:
        for pair in _PAIR.finditer(message[:_MAX_DOCUMENT]):  # a document that was cut
            _add(pair["key"], pair["text"].replace('\\"', '"').replace("\\n", "\n"), 0, 0, found)
    return _in_order(found)


def nested_in_payload(payload: Mapping[str, Any], *, skip: Iterable[str]) -> tuple[NestedText, ...]:
    """Error texts beside the message of a JSON payload; `skip` names keys that were read otherwise."""
    found: list[tuple[int, int, int, NestedText]] = []
    unread = set(skip)
    _collect({k: v for k, v in payload.items() if k not in unread}, 0, 0, found)
    return _in_order(found)


def is_placeholder(error: Mapping[str, Any]) -> bool:
    """True for an `error` object that a formatter always writes: its type is no exception."""
    kind = error.get("type")
    return isinstance(kind, str) and kind in _PLACEHOLDER_TYPES


def _in_order(found: list[tuple[int, int, int, NestedText]]) -> tuple[NestedText, ...]:
    texts: list[NestedText] = []
    for *_, nested in sorted(found, key=lambda f: f[:3]):
        if all(nested.text != t.text for t in texts):
            texts.append(nested)
    return tuple(texts)


def _documents(message: str) -> list[Any]:
    text = message[:_MAX_DOCUMENT]
    decoder = json.JSONDecoder(strict=False)
    found: list[Any] = []
    at = 0
    for _ in range(_MAX_STARTS):
        start = _START.search(text, at)
        if not start:
            break
        at = start.end()
        try:
            document, at = decoder.raw_decode(text, start.start())
            found.append(document)
        except (ValueError, RecursionError):
            literal = _literal(text, start.start())
            if literal is not None:
                found.append(literal[0])
                at = literal[1]
    return found


def _literal(text: str, start: int) -> tuple[Any, int] | None:
    """A Python dict or list as `repr` prints it, and where it ends."""
    end = _matching_end(text, start)
    if end is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.literal_eval(text[start:end]), end
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _matching_end(text: str, start: int) -> int | None:
    depth = 0
    quote = ""
    at = start
    limit = min(len(text), start + _MAX_LITERAL)
    while at < limit:
        char = text[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char in "{[(":
            depth += 1
        elif char in "}])":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    return None


def _collect(value: Any, rank: int, depth: int, found: list[tuple[int, int, int, NestedText]]) -> None:
    if depth > _MAX_DEPTH or len(found) >= _MAX_TEXTS:
        return
    if isinstance(value, Mapping):
        if is_placeholder(value):
            return
        for key, item in value.items():
            own = _rank(key)
            if isinstance(item, str):
                _add(str(key), item, rank, depth, found)
            elif isinstance(item, Mapping | list):
                _collect(item, max(rank, own), depth + 1, found)
    elif isinstance(value, list):
        for item in value[:50]:
            _collect(item, rank, depth + 1, found)


def is_error_key(key: str) -> bool:
    """Whether the text under a key may be that of an error."""
    return _rank(key) > 0


@lru_cache(maxsize=8192)
def _rank(key: object) -> int:
    return _RANKS.get(str(key).replace("_", "").replace("-", "").lower(), 0)


def _add(key: str, text: str, rank: int, depth: int, found: list[tuple[int, int, int, NestedText]]) -> None:
    own = _rank(key)
    stripped = text.strip()
    if stripped.startswith("{") and len(stripped) < _MAX_DOCUMENT:
        for document in _documents(stripped)[:1]:
            if isinstance(document, Mapping):
                _collect(document, max(rank, own), depth + 1, found)
                return
    if " " not in stripped:  # a class name, a code: it says what kind of error, not which
        return
    if own and stripped and _HAS_WORD.search(stripped) and "Traceback (most recent call last)" not in stripped:
        found.append((max(rank, own), depth, own, NestedText(field=key, text=stripped)))
