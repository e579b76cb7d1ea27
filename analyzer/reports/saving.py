"""The report JSON as bytes: canonical, so that equal reports are equal files, and sealed by a digest."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
import re
from collections.abc import Mapping
from typing import Any

from analyzer.errors import ReportError

FLOAT_PLACES = 6
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile("[\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
"""What acts on a terminal or cannot be seen; written as `\\u009b`, so that `--json` shows it only."""


def canonical(report: Mapping[str, Any]) -> bytes:
    """The report as saved: sealed, keys sorted, floats at 6 places, UTF-8, one blank per level, a newline at the end.

    Whatever `integrity` the report carried is replaced by the right one. Raises `ReportError` for values JSON cannot
    hold (not a number, infinity, keys that are not text).
    """
    return _bytes(seal(report))


def seal(report: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with `integrity`: BLAKE2b (32 bytes, hex) of the canonical bytes without this key."""
    unsealed = _unsealed(report)
    return {**unsealed, "integrity": _digest(unsealed)}


def check_integrity(report: Mapping[str, Any]) -> bool:
    """Whether `integrity` fits the rest; False where it is missing."""
    claimed = report.get("integrity")
    if not isinstance(claimed, str):
        return False
    return hmac.compare_digest(claimed.encode("utf-8", "replace"), _digest(_unsealed(report)).encode())


def _unsealed(report: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _plain(report[key], key) for key in sorted(report) if key != "integrity"}


def _digest(unsealed: Mapping[str, Any]) -> str:
    return hashlib.blake2b(_bytes(unsealed), digest_size=32).hexdigest()


def _bytes(report: Mapping[str, Any]) -> bytes:
    text = json.dumps(report, ensure_ascii=False, allow_nan=False, indent=1, sort_keys=True)
    # Half a surrogate pair has no UTF-8; a log can hold one as `\ud800` inside JSON.
    text = _LONE_SURROGATE.sub("\ufffd", text)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode() + b"\n"


def _plain(value: Any, where: str) -> Any:
    """The value with floats rounded and tuples as lists, checked for what JSON cannot hold."""
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ReportError(f"the report holds a number that JSON cannot write, under `{where}`")
        return round(value, FLOAT_PLACES) + 0.0  # + 0.0 makes -0.0 plain zero
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise ReportError(f"the report holds a key that is not text: {key!r} under `{where}`")
        # in the order in which they are saved: a report renders alike before and after
        return {key: _plain(value[key], f"{where}.{key}") for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_plain(item, where) for item in value]
    if value is None or isinstance(value, str | int):
        return value
    raise ReportError(f"the report holds a {type(value).__name__}, which JSON cannot write, under `{where}`")
