"""Settings that arrived in a wrong form, seen in the text of an error: blanks, quotes, variables nobody filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MAX_TEXT = 4_000
_QUOTED = re.compile(
    r"(?<![\w'])'(?P<single>[^'\r\n]{0,300}\n?)'(?![\w'])"
    r'|(?<![\w"])"(?P<double>[^"\r\n]{0,300}\n?)"(?![\w"])'
    r'|""(?P<twice>[^"\r\n]{1,300})""'
)
_NAME = re.compile(r"\b[A-Z][A-Z0-9]{1,40}(?:_[A-Z0-9]{1,40}){1,10}\b")
_PLACE = re.compile(
    r"(?:host ?name|\bhost|\bport|\burl|\bdsn|\baddress|\bserver|\bregion|\bbucket|\bproject|environment variable"
    r"|setting|\bheader|int\(\) with base \d{1,2}:|convert string to float:|not a valid (?:integer|port|url|boolean))"
    r"\W{0,12}$",
    re.IGNORECASE,
)
_BLANK_ENDS = re.compile(r"^(?:\\[nrt]|[ \t\r\n])|(?:\\[nrt]|[ \t\r\n])$")
_UNFILLED = re.compile(
    r"\$\{[A-Za-z_][\w.:-]{0,80}\}|\$\([^()]{1,200}\)|(?<![\w$])\$[A-Z_][A-Z0-9_]{2,60}\b|%[A-Z_][A-Z0-9_]{2,60}%"
    r"|\{\{[^{}]{1,120}\}\}"
)
_NOTHING = re.compile(r"^(?:None|null|undefined|nil)$|://(?:[^/@\s]{1,100}@)?(?:None|null|undefined)(?=[:/]|$)")
_BEFORE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class MalformedValue:
    """A value of a setting that cannot be meant as it is. Its kind of cause is configuration."""

    value: str
    """as it stands in the text, without the quotes around it"""
    setting: str
    """the variable that the text names before it; empty where it names none"""
    sentence: str
    kind: str = "configuration"


def malformed_values(text: str) -> list[MalformedValue]:
    """What in a text shows a setting in a wrong form, in the order of the text.

    Only quoted values count, and blanks and quotes only where the words in front say that a setting is meant: a blank
    at the end of what a user typed is nobody's configuration.
    """
    text = text[:_MAX_TEXT]
    found: dict[str, MalformedValue] = {}
    for value, before in _values(text):
        names = _NAME.findall(before)
        setting = names[-1] if names else ""
        why = _why(value, bool(setting) or bool(_PLACE.search(before)))
        if why and value not in found:
            name = f"{setting} " if setting else "a setting "
            found[value] = MalformedValue(value=value, setting=setting, sentence=f"{name}{why}: {_shown(value)}")
    return list(found.values())


def _values(text: str) -> Iterator[tuple[str, str]]:
    """(value, what stands before it) of everything in quotes."""
    for match in _QUOTED.finditer(text):
        doubled = match["twice"]
        value = (
            f'"{doubled}"'
            if doubled is not None
            else match["single"]
            if match["single"] is not None
            else match["double"]
        )
        yield value, text[max(0, match.start() - _BEFORE) : match.start()]


def _why(value: str, is_setting: bool) -> str:
    if _UNFILLED.search(value):
        return "holds a variable that was not filled in"
    if _NOTHING.search(value) and is_setting:
        return "was not set, and its absence was made into a text"
    if not is_setting:
        return ""
    if value and value.strip() and _BLANK_ENDS.search(value):
        return "begins or ends with a blank or a line break, as a secret does that was written with a newline"
    inner = value.strip()
    if len(inner) > 2 and inner[0] == inner[-1] and inner[0] in "'\"":
        return "still has quotes around it, which were taken as part of the value"
    if inner[:1] in ("'", '"') or inner[-1:] in ("'", '"'):
        return "has a quote on one side only"
    return ""


def _shown(value: str) -> str:
    shown = value.replace("\n", "\\n").replace("\r", "\\r")
    return f"`{shown}`" if len(shown) <= 80 else f"`{shown[:79]}…`"
