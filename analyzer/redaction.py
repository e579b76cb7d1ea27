"""Text → text without secrets: what a rule of `patterns/redact` hides stays hidden in everything that is written.

Idempotent: a text that went through once comes out of a second pass as it is. Linear in the length of the text.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from analyzer.rules import Rule, load_rules

REDACTION_VERSION = 1
"""Raise when an edit of rules or checks changes what is hidden: caches and saved reports carry it."""

_MAX_PASSES = 6
_MAX_DEPTH = 64
_CACHED_LENGTH = 256
_CACHE_SIZE = 50_000

_SECRET_KEY = re.compile(
    r"(?:passw(?:or)?d|passphrase|pwd|secret|token|(?:api|access|private|secret|signing|encryption|account)key"
    r"|credentials?|authorization|cookie|xapikey)$"
)
_USER_KEYS = frozenset(("user", "userid", "uid", "sub", "accountid", "customerid", "memberid", "googleid", "profileid"))
_OUTCOMES = frozenset(
    re.findall(
        r"\w+",
        """
        absent bad bearer blank changed denied disabled empty enabled error expired fail failed
        false found hidden incorrect invalid malformed masked mismatch missing nil no none not null
        ok optional present redacted rejected removed required reset revoked set str string stripped
        true undefined unset unknown valid wrong yes
        """,
    )
)
_VERSION_BEFORE = re.compile(r"(?:version|release|build|ver|rev)[\"']?[\s:=]{1,3}[\"']?\Z|==\Z", re.IGNORECASE)
_PRODUCT_BEFORE = re.compile(r"(?<![\w.])[A-Z][A-Za-z]*/\Z", re.ASCII)
_ARCHIVE_AFTER = re.compile(r"\.(?:jar|war|whl|tar|zip|tgz|gz|dll|so|deb|rpm|exe)\b|-py\d")


class Redactor:
    """Hides what the rules match; build one with `build_redactor`."""

    __slots__ = ("_cache", "_keys", "_rules", "_salt", "salted")

    def __init__(self, rules: Sequence[Rule], salt: str | None = None) -> None:
        self._rules = tuple((_hints(rule), rule.pattern, self._replacer(rule)) for rule in rules)
        raw = (salt or "").encode()
        self._salt = raw if len(raw) <= hashlib.blake2b.MAX_KEY_SIZE else hashlib.blake2b(raw).digest()
        self._cache: dict[str, str] = {}
        self._keys: dict[str, tuple[str, str]] = {}
        self.salted = bool(salt)

    def text(self, text: str) -> str:
        """The text with placeholders (`<token>`, `<email>`, `<ip>` …) in the place of what must not be shown."""
        if len(text) < 4:
            return text
        if len(text) > _CACHED_LENGTH:
            return self._redact(text)
        known = self._cache.get(text)
        if known is None:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            known = self._cache[text] = self._redact(text)
        return known

    def value(self, value: Any) -> Any:
        """The same JSON-like value with every string redacted, keys too; a string under a key like `password`,
        `authorization` or `api_key` is hidden whole, a long number under `user_id` and the like becomes `<user>`.
        Local variables (`locals`) are not kept; what is nested deeper than 64 levels becomes a note.
        """
        return self._value(value, _MAX_DEPTH)

    def pseudonym(self, kind: str, value: str) -> str:
        """`<ip>` without a salt, `ip-3f2a91` (keyed BLAKE2b, 3 bytes) with one."""
        if not self.salted:
            return f"<{kind}>"
        return f"{kind}-{hashlib.blake2b(value.encode(), key=self._salt, digest_size=3).hexdigest()}"

    def _redact(self, text: str) -> str:
        # What one rule leaves can be what another one hides, so go on until nothing changes: that is idempotence.
        for _ in range(_MAX_PASSES):
            before, lowered = text, text.lower()
            for hints, pattern, replacement in self._rules:
                for hint in hints:
                    if hint in lowered:
                        text = pattern.sub(replacement, text)
                        break
            if text == before:
                break
        return text

    def _value(self, value: Any, depth: int) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            if depth <= 0:
                return "<nested too deep>"
            shown = {}
            for key, item in value.items():
                name, kind = self._keys.get(key) or self._key_of(key)
                shown[name] = (self._under(kind, item) if kind else None) or self._value(item, depth - 1)
            return shown
        if isinstance(value, (list, tuple)):
            return [self._value(item, depth - 1) for item in value] if depth > 0 else "<nested too deep>"
        return value

    def _key_of(self, key: Any) -> tuple[str, str]:
        """The key as it may be shown, and what its name says of the value."""
        text = str(key)
        name = text.lower().replace("_", "").replace("-", "") if len(text) < 64 else ""
        kind = "user" if name in _USER_KEYS else "locals" if name == "locals" else ""
        found = (self.text(text), "secret" if _SECRET_KEY.search(name) else kind)
        if isinstance(key, str) and len(self._keys) < _CACHE_SIZE:
            self._keys[key] = found
        return found

    def _under(self, kind: str, value: Any) -> Any:
        """What stands for a value because of its key, None where the key changes nothing."""
        if kind == "secret" and isinstance(value, str) and not _says_nothing(value):
            return "<secret>"
        if kind == "user" and isinstance(value, (str, int)) and len(str(value)) >= 6 and str(value).isdecimal():
            return self.pseudonym("user", str(value))
        if kind == "locals" and isinstance(value, Mapping):
            return "<not kept>"
        return None

    def _replacer(self, rule: Rule) -> str | Callable[[re.Match[str]], str]:
        replace = "<secret>" if rule.replace is None else rule.replace
        check = _CHECKS.get(str(rule.extra.get("check", "")))
        kind = rule.extra.get("who")
        if check is None and not kind:
            return replace

        def hide(found: re.Match[str]) -> str:
            if check is not None and not check(found):
                return found.group()
            shown = found.expand(replace)
            return shown.replace(f"<{kind}>", self.pseudonym(kind, found["who"])) if kind else shown

        return hide


def build_redactor(extra_dirs: Sequence[Path] = (), salt: str | None = None) -> Redactor:
    """A redactor with the shipped rules and those of each folder; with a salt, addresses and users become
    pseudonyms that can be told apart. Raises `RuleError`."""
    return Redactor(load_rules("redact", tuple(extra_dirs)), salt or None)


def _hints(rule: Rule) -> tuple[str, ...]:
    return tuple(str(hint).lower() for hint in rule.extra.get("hints", ())) or ("",)


def _says_nothing(value: str) -> bool:
    """True for what is no secret: empty, already hidden, a placeholder of a template, a word for an outcome."""
    bare = value.strip().strip(".:!?")
    if not bare or (bare[0] == "<" and bare[-1] == ">") or bare[0] in "%${":
        return True
    return bare.lower() in _OUTCOMES or not set(bare) - set("*xX.-•#_")


def _secret(found: re.Match[str]) -> bool:
    """Tells the value of a named secret from the next word of a sentence and from a name in source code."""
    value, key = found["value"], found["key"].lower()
    is_password = key.startswith(("passw", "passphrase", "pwd"))
    assigned = found["sep"] == "=" and not found["head"].endswith(" ")
    if _says_nothing(value):
        return False
    if found["open"]:
        if found["close"]:
            return True
        if any(c.isspace() for c in value):
            return is_password and assigned
        return is_password or _looks_random(value, 16)
    rest = found.string[found.end() : found.end() + 2]
    if value.isascii() and all(part.isidentifier() for part in value.split(".")):
        if rest[:1] in ("(", "[") or _in_source_line(found.string, found.start()):
            return False
        if "." in value and not any(c.isdigit() for c in value):
            return False
    if len(value) < 4:
        return is_password and assigned
    if "/secrets/" in value:
        return False
    if _looks_random(value, 16):
        return True
    in_sentence = rest[:1] == " " and rest[1:].isalpha()
    return is_password and (assigned or not in_sentence)


def _looks_random(value: str, letters: int) -> bool:
    return len(value) >= 4 and (any(c.isdigit() for c in value) or (len(value) >= letters and value.isalpha()))


def _in_source_line(text: str, at: int) -> bool:
    """True inside the source line under a frame of a Python traceback (real or literal newlines), or where the
    whole text is such a line."""
    start = max(text.rfind("\n", 0, at) + 1, (text.rfind("\\n", 0, at) + 2) if "\\n" in text[:at] else 0)
    if not text.startswith(("    ", "\t"), start):
        return False
    above = text[max(0, start - 400) : start].rstrip("\n").removesuffix("\\n")
    return not above or above[
        max(above.rfind("\n") + 1, above.rfind("\\n") + 2 if "\\n" in above else 0) :
    ].lstrip().startswith("File ")


def _bearer(found: re.Match[str]) -> bool:
    value = found["value"]
    if _says_nothing(value):
        return False
    if found["scheme"]:
        return len(value) >= 6 and value.lower() not in ("token", "tokens", "authentication", "header")
    inner = value[1:]
    return any(c.isdigit() for c in value) or (inner != inner.lower() and inner != inner.upper()) or len(value) >= 24


def _credentials(found: re.Match[str]) -> bool:
    return not _says_nothing(found["value"].partition(":")[2])


def _luhn(found: re.Match[str]) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    digits = [int(c) for c in found.group() if c.isdigit()]
    doubled = (d * 2 - 9 * (d > 4) for d in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _address(found: re.Match[str]) -> bool:
    who = found["who"]
    if ":" in who and not any(c.isdigit() for c in who):
        return False
    try:
        address = ipaddress.ip_address(who)
    except ValueError:
        # leading zeros: refused by the library, printed by some programs
        return ":" not in who and all(int(part) <= 255 for part in who.split("."))
    if address.is_loopback or address.is_link_local or address.is_unspecified:
        return False
    if address.version == 6:
        return True
    before, after = (
        found.string[max(0, found.start() - 24) : found.start()],
        found.string[found.end() : found.end() + 6],
    )
    if _VERSION_BEFORE.search(before) or _ARCHIVE_AFTER.match(after):
        return False
    return not (_PRODUCT_BEFORE.search(before) and not after.startswith(":"))


_CHECKS: Mapping[str, Callable[[re.Match[str]], bool]] = {
    "address": _address,
    "bearer": _bearer,
    "credentials": _credentials,
    "luhn": _luhn,
    "secret": _secret,
}
