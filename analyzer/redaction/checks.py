"""What a match must pass besides its pattern before it is hidden: a rule of `patterns/redact` names one as `check`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

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


def says_nothing(value: str) -> bool:
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
    if says_nothing(value):
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
    if says_nothing(value):
        return False
    if found["scheme"]:
        return len(value) >= 6 and value.lower() not in ("token", "tokens", "authentication", "header")
    inner = value[1:]
    return any(c.isdigit() for c in value) or (inner != inner.lower() and inner != inner.upper()) or len(value) >= 24


def _credentials(found: re.Match[str]) -> bool:
    return not says_nothing(found["value"].partition(":")[2])


def _luhn(found: re.Match[str]) -> bool:
    """The check digit of ISO/IEC 7812-1, annex B."""
    digits = [int(c) for c in found.group() if c.isdigit()]
    doubled = (d * 2 - 9 * (d > 4) for d in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _address(found: re.Match[str]) -> bool:
    says = _speaks_of_someone(found["who"])
    if says is not None:
        return says
    before, after = (
        found.string[max(0, found.start() - 24) : found.start()],
        found.string[found.end() : found.end() + 6],
    )
    if _VERSION_BEFORE.search(before) or _ARCHIVE_AFTER.match(after):
        return False
    return not (_PRODUCT_BEFORE.search(before) and not after.startswith(":"))


@lru_cache(maxsize=4096)
def _speaks_of_someone(who: str) -> bool | None:
    """Whether it is an address that says something of anyone; None where what stands beside it decides."""
    if ":" in who and not any(c.isdigit() for c in who):
        return False
    try:
        address = ipaddress.ip_address(who)
    except ValueError:
        # leading zeros: refused by the library, printed by some programs
        return ":" not in who and all(int(part) <= 255 for part in who.split("."))
    if address.is_loopback or address.is_link_local or address.is_unspecified:
        return False
    return True if address.version == 6 else None


CHECKS: Mapping[str, Callable[[re.Match[str]], bool]] = {
    "address": _address,
    "bearer": _bearer,
    "credentials": _credentials,
    "luhn": _luhn,
    "secret": _secret,
}
