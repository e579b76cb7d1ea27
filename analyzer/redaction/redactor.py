"""The redactor: text → text without secrets, one by one or a column at once.

Idempotent: a text that went through once comes out of a second pass as it is. Linear in the length of the text.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analyzer.redaction.checks import CHECKS, says_nothing
from analyzer.redaction.columns import Columns
from analyzer.redaction.shapes import ALL_BEYOND
from analyzer.redaction.steps import Step, expander
from analyzer.rules import Rule, load_rules

REDACTION_VERSION = 1
"""Raise when an edit of rules or checks changes what is hidden: caches and saved reports carry it."""

MAX_DEPTH = 64
_CACHED_LENGTH = 256
_CACHE_SIZE = 50_000
_MIN_LENGTH = 4
"""a shorter text holds nothing to hide"""

_KEYS_OF = ("api", "access", "private", "secret", "signing", "encryption", "account")
_SECRET_WORDS = (
    *("password", "passwd", "passphrase", "pwd", "secret", "token", "credential", "credentials", "authorization"),
    *("cookie", "xapikey", *(f"{of}key" for of in _KEYS_OF)),
)
_SECRET_KEY = re.compile(f"(?:{'|'.join(_SECRET_WORDS)})$")
_USER_KEYS = frozenset(("user", "userid", "uid", "sub", "accountid", "customerid", "memberid", "googleid", "profileid"))


def _spelled(words: Iterable[str]) -> str:
    """RE2: one of the words, however it is written as a key, up to the colon after it."""
    spelled = "|".join("[_-]*".join(word) for word in sorted(words))
    # `$` of a pattern also stands before a newline at the end
    return rf'(?i:{spelled})(?:[_-]|\\n)*"[ \t\r\n]*:[ \t\r\n]*'


_SPECIAL_KEYS = "|".join(
    (f'{_spelled(_SECRET_WORDS)}"', f'{_spelled(_USER_KEYS)}"?[0-9{ALL_BEYOND}]{{6}}', rf"{_spelled(('locals',))}\{{")
)
"""RE2: a key in a JSON text that changes its value, before a value that it may change"""


class Redactor:
    """Hides what the rules match; build one with `build_redactor`."""

    __slots__ = ("_cache", "_columns", "_keys", "_salt", "digest", "salted")

    def __init__(self, rules: Sequence[Rule], salt: str | None = None) -> None:
        raw = (salt or "").encode()
        self._salt = raw if len(raw) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.blake2b(raw).digest()
        self._columns = Columns(
            [
                Step(re.compile(rule.pattern.pattern, rule.pattern.flags), self._replacer(rule), _hints(rule))
                for rule in rules
            ]
        )
        self._cache: dict[str, str] = {}
        self._keys: dict[str, tuple[str, str]] = {}
        self.salted = bool(salt)
        self.digest = _digest(rules, self._salt)
        """16 hexadecimal digits that change with anything that may change what is hidden, or how"""

    def text(self, text: str) -> str:
        """The text with placeholders (`<token>`, `<email>`, `<ip>` …) in the place of what must not be shown."""
        if len(text) < _MIN_LENGTH:
            return text
        if len(text) > _CACHED_LENGTH:
            return self._columns.redact(text)
        known = self._cache.get(text)
        if known is None:
            known = self._columns.redact(text)
            self._remember(text, known)
        return known

    def texts(self, texts: Sequence[str | None]) -> list[str | None]:
        """What `text` makes of each, much cheaper: a screen finds those that may change. A call costs a few
        milliseconds besides, so give it thousands."""
        result = list(texts)
        unknown: dict[str, list[int]] = {}
        for place in self._columns.hits(result):
            text = result[place]
            if text is not None and len(text) >= _MIN_LENGTH:
                known = self._cache.get(text)
                if known is None:
                    unknown.setdefault(text, []).append(place)
                else:
                    result[place] = known
        for (text, places), shown in zip(unknown.items(), self._columns.redact_all(list(unknown)), strict=True):
            if len(text) <= _CACHED_LENGTH:
                self._remember(text, shown)
            for place in places:
                result[place] = shown
        return result

    def value(self, value: Any) -> Any:
        """The same JSON-like value with every string redacted, keys too; a string under a key like `password`,
        `authorization` or `api_key` is hidden whole, a long number under `user_id` and the like becomes `<user>`.
        Local variables (`locals`) are not kept; what is nested deeper than 64 levels becomes a note.
        """
        return self._value(value, MAX_DEPTH)

    def values(self, values: Sequence[Any]) -> list[Any]:
        """What `value` makes of each, much cheaper: their strings are screened like `texts`."""
        found: dict[str, None] = {}
        for value in values:
            if isinstance(value, str):  # most are: it is worth a call less
                found[value] = None
            else:
                _gather(value, MAX_DEPTH, found)
        shown = dict(zip(found, self.texts(list(found)), strict=True))
        return [shown[v] if isinstance(v, str) else self._value(v, MAX_DEPTH, shown) for v in values]

    def may_change_json(self, documents: Sequence[str | None]) -> list[bool]:
        """False where `value` would give back what the JSON text holds. A document with `\\u` in it is not looked into:
        write them without. Costs a call like `texts` does."""
        return self._columns.may_change_json(documents, MAX_DEPTH, _SPECIAL_KEYS)

    def key(self, key: str) -> tuple[str, str]:
        """The key as it may be shown, and what its name says of the value: `secret`, `user`, `locals` or nothing."""
        return self._keys.get(key) or self._key_of(key)

    def pseudonym(self, kind: str, value: str) -> str:
        """`<ip>` without a salt, `ip-3f2a91` (keyed BLAKE2b, 3 bytes) with one."""
        if not self.salted:
            return f"<{kind}>"
        return f"{kind}-{hashlib.blake2b(value.encode(), key=self._salt, digest_size=3).hexdigest()}"

    def _remember(self, text: str, shown: str) -> None:
        if len(self._cache) >= _CACHE_SIZE:
            self._cache.clear()
        self._cache[text] = shown

    def _value(self, value: Any, depth: int, known: Mapping[str, str | None] | None = None) -> Any:
        if isinstance(value, str):
            return self.text(value) if known is None else known[value]
        if isinstance(value, (dict, Mapping)):
            if depth <= 0:
                return "<nested too deep>"
            shown = {}
            for key, item in value.items():
                name, kind = self._keys.get(key) or self._key_of(key)
                shown[name] = (self._under(kind, item) if kind else None) or self._value(item, depth - 1, known)
            return shown
        if isinstance(value, (list, tuple)):
            return [self._value(item, depth - 1, known) for item in value] if depth > 0 else "<nested too deep>"
        return value

    def _key_of(self, key: Any) -> tuple[str, str]:
        text = str(key)
        name = text.lower().replace("_", "").replace("-", "") if len(text) < 64 else ""
        kind = "user" if name in _USER_KEYS else "locals" if name == "locals" else ""
        found = (self.text(text), "secret" if _SECRET_KEY.search(name) else kind)
        if isinstance(key, str) and len(self._keys) < _CACHE_SIZE:
            self._keys[key] = found
        return found

    def _under(self, kind: str, value: Any) -> Any:
        """What stands for a value because of its key, None where the key changes nothing."""
        if kind == "secret" and isinstance(value, str) and not says_nothing(value):
            return "<secret>"
        if kind == "user" and isinstance(value, (str, int)) and len(str(value)) >= 6 and str(value).isdecimal():
            return self.pseudonym("user", str(value))
        if kind == "locals" and isinstance(value, (dict, Mapping)):
            return "<not kept>"
        return None

    def _replacer(self, rule: Rule) -> str | Callable[[re.Match[str]], str]:
        replace = "<secret>" if rule.replace is None else rule.replace
        check = CHECKS.get(str(rule.extra.get("check", "")))
        kind = rule.extra.get("who")
        if check is None and not kind:
            return replace
        expand = expander(replace)

        def hide(found: re.Match[str]) -> str:
            if check is not None and not check(found):
                return found.group()
            shown = expand(found)
            return shown.replace(f"<{kind}>", self.pseudonym(kind, found["who"])) if kind else shown

        return hide


def build_redactor(extra_dirs: Sequence[Path] = (), salt: str | None = None) -> Redactor:
    """A redactor with the shipped rules and those of each folder; with a salt, addresses and users become
    pseudonyms that can be told apart. Raises `RuleError`."""
    return Redactor(load_rules("redact", tuple(extra_dirs)), salt or None)


def _gather(value: Any, depth: int, found: dict[str, None]) -> None:
    """Add the strings of a JSON-like value that are not keys, as deep as they are shown."""
    if isinstance(value, str):
        found[value] = None
    elif isinstance(value, (dict, Mapping)) and depth > 0:
        for item in value.values():
            _gather(item, depth - 1, found)
    elif isinstance(value, (list, tuple)) and depth > 0:
        for item in value:
            _gather(item, depth - 1, found)


def _hints(rule: Rule) -> tuple[str, ...]:
    return tuple(str(hint).lower() for hint in rule.extra.get("hints", ()))


def _digest(rules: Sequence[Rule], salt: bytes) -> str:
    """Keyed by the salt, so that it tells salts apart and none can be read off it."""
    told = [
        (rule.id, rule.pattern.pattern, rule.pattern.flags, rule.replace, sorted(rule.extra.items())) for rule in rules
    ]
    said = json.dumps([REDACTION_VERSION, bool(salt), told], sort_keys=True, default=str).encode()
    return hashlib.blake2b(said, key=salt, digest_size=8).hexdigest()
