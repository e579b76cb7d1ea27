"""Wrapper and core: `Failed to start: Connection refused` is "Connection refused" inside "Failed to start".

A message is cut at `: ` where the left side reads like a wrapper (a phrase that says that something failed, the name
of an exception, a tag in capitals or brackets) and something with letters is left on the right. What stands in
quotes, brackets or JSON is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from analyzer.model import NestedText

MAX_IDENTITY_CHARS = 2_000
"""So much of a text enters identity: more only repeats data."""

_PICTOGRAPHS = re.compile(
    "[\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\ufe00-\ufe0f\u200d\u20e3\U0001f000-\U0001faff\U000e0020-\U000e007f]"
    "|\\[U\\+[0-9A-Fa-f]{4,6}\\]"
)
_LEADING_SYMBOLS = re.compile(r"(?:[^\w\s<>\[\]()\"'`{}/$.@]{1,80}+\s++)+|[*=#>!|~]{2,80}+")
_TRAILING_SYMBOLS = re.compile(r"(?:\s[*=#<!|~-]{2,80})+$")
_LEVEL = re.compile(
    r"(?:\[\s?(?:{0})\s?\]:?|(?:{0}):)\s+".replace(
        "{0}", "ALERT|FAIL|FAILED|WARN|WARNING|ERROR|CRITICAL|FATAL|SEVERE|INFO|DEBUG|NOTICE|EMERGENCY|PASS|OK"
    )
)
_DRIVER_TAIL = re.compile(r"\s(?:\[SQL: |\[parameters: |\(Background on this error at: )")
"""SQLAlchemy repeats the statement and its values after the message"""

_CLASS = (
    r"(?:[A-Za-z_]\w{0,60}[.$:]{1,2}){0,8}[A-Z]\w{0,80}"
    r"(?:Error|Exception|Warning|Failure|Fault|Timeout|Interrupt|Exit|Panic|Refused|Denied|NotFound)"
)
_CLASS_NAME = re.compile(rf"(?:(?:Caused by|caused by|Unhandled|Uncaught|uncaught|exception in)\s)?{_CLASS}")
_CLASS_IN_PARENTHESES = re.compile(rf"\({_CLASS}\)\s+")
_BRACKET_TAG = re.compile(r"\[(?!Errno|WinError|errno)[A-Za-z][A-Za-z_ ./-]{1,40}\]:?\s+")
_CAPITALS_TAG = re.compile(r"(?=[^a-z]{0,60}[A-Z]{3})[A-Z][A-Z0-9_=/-]*+(?: [A-Z0-9][A-Z0-9_=/-]*+){0,5}")
_NAME = re.compile(r"[A-Za-z][\w./-]{1,60}")
_SAYS_FAILURE = re.compile(
    r"(?i)(?<![A-Za-z_])(?:errors?|fail(?:s|ed|ing|ures?)?|exceptions?|unable|can(?:not|'t|’t)"
    r"|could(?: not|n't|n’t)|refused|abort(?:s|ed|ing)?|reject(?:s|ed)?|crash(?:ed)?|denied|timed out"
    r"|un(?:handled|caught)|fatal|panic|problem|interrupted|killed|terminated|died|lost"
    r"|caused by|reason|because)(?![A-Za-z_=])"
)
_NOT_A_WRAPPER = re.compile(
    r"(?i)^[0-9]|[{}]|(?<![a-z])(?:code|type|count|counts|id|number|rate|status|level|name|class|kind|total|errors)$"
)
_WORD = re.compile(r"[A-Za-z]{2}")
_MAX_WRAPPER_CHARS = 160
_MAX_WRAPPERS = 8
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def plain(text: str) -> str:
    """`text` as identity sees it: first paragraph, no pictographs, level words or rules around it, single spaces."""
    text = text[: 4 * MAX_IDENTITY_CHARS].strip()
    paragraph = re.split(r"\n\s*\n", text, maxsplit=1)[0]
    text = paragraph if _WORD.search(paragraph) else text
    text = " ".join(_PICTOGRAPHS.sub(" ", text).split()) or " ".join(text.split())
    before = None
    while before != text:
        before = text
        for pattern in (_LEADING_SYMBOLS, _LEVEL):
            found = pattern.match(text)
            if found and _WORD.search(text, found.end()):
                text = text[found.end() :]
        text = text.strip()
    text = _TRAILING_SYMBOLS.sub("", text)
    return text[:MAX_IDENTITY_CHARS].rstrip()


def split_message(message: str, nested: Sequence[NestedText] = ()) -> tuple[tuple[str, ...], str]:
    """(wrappers, outermost first; the core) of a message. The core keeps at least one letter if the message has one.

    With texts `nested` in a document of the message, the core is that of the innermost text, and what stands before
    the document is the outermost wrapper.
    """
    if not nested:
        return _split(plain(message))
    inner, core = _split(plain(nested[-1].text))
    outer = [before_document(message), *(plain(n.text) for n in nested[:-1])]
    return (*(w for w in outer if w and core not in w), *inner), core


def before_document(message: str) -> str:
    """The words before the JSON document of a message: `CONTEXT: {…}` gives `CONTEXT`."""
    return plain(re.split(r"[{\[]", message, maxsplit=1)[0]).rstrip(" :=-")


def _split(text: str) -> tuple[tuple[str, ...], str]:
    cut = _DRIVER_TAIL.search(text)
    if cut and cut.start():
        text = text[: cut.start()]
    wrappers: list[str] = []
    start = pending = 0  # `pending`: where names wait for the wrapper they belong to
    for colon in _colons(text):
        if len(wrappers) == _MAX_WRAPPERS:
            break
        if colon < start:
            continue
        if start == pending:
            start = pending = _skip_tags(text, start, wrappers)
        left, right = text[start:colon].strip(), text[colon + 1 :]
        if not _WORD.search(right):
            break
        if _is_wrapper(left, right):
            wrappers.append(text[pending:colon].strip())
            start = pending = colon + 2
        elif pending == start and _NAME.fullmatch(left) and not wrappers:
            start = colon + 2
        else:
            break
    pending = _skip_tags(text, pending, wrappers)
    return tuple(wrappers), text[pending:].strip()


def _skip_tags(text: str, start: int, wrappers: list[str]) -> int:
    """Where the text goes on after `[tag]` and `(driver.Error)`, which are added to `wrappers`."""
    while len(wrappers) < _MAX_WRAPPERS:
        found = _BRACKET_TAG.match(text, start) or _CLASS_IN_PARENTHESES.match(text, start)
        if not found or not _WORD.search(text, found.end()):
            break
        wrappers.append(found[0].strip(" :"))
        start = found.end()
    return start


def _is_wrapper(left: str, right: str) -> bool:
    if not left or len(left) > _MAX_WRAPPER_CHARS:
        return False
    if _CLASS_NAME.fullmatch(left):
        return True
    if _CAPITALS_TAG.fullmatch(left):
        return len(_WORD.findall(right)) > 1
    return bool(_SAYS_FAILURE.search(left)) and not _NOT_A_WRAPPER.search(left)


def _colons(text: str) -> Iterator[int]:
    """Places of `: ` outside quotes and brackets."""
    closing: list[str] = []
    before = " "
    for n, char in enumerate(text):
        if closing and char == closing[-1]:
            if char not in "\"'`" or not text[n + 1 : n + 2].isalnum():
                closing.pop()
        elif closing and closing[-1] in "\"'`":
            pass
        elif char in _PAIRS:
            closing.append(_PAIRS[char])
        elif char in "\"'`" and not before.isalnum() and text.find(char, n + 1) > 0:
            closing.append(char)
        elif char == ":" and not closing and text[n + 1 : n + 2] == " ":
            yield n
        before = char
