"""Bytes of a Python file to its text: by byte order mark, by its own declaration (PEP 263), else by what fits."""

from __future__ import annotations

import codecs
import re

_DECLARED = re.compile(rb"[ \t\f]*+#[^\r\n]*?coding[:=][ \t]*+([-\w.]++)")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(code: bytes) -> str:
    """Text of a source file, null characters as spaces. Never raises: what fits nowhere is read as Latin-1."""
    for mark, encoding in _MARKS:
        if code.startswith(mark):
            return code[len(mark) :].decode(encoding, "replace").replace("\0", " ")
    for encoding in (_declared(code), "utf-8"):
        try:
            return code.decode(encoding).replace("\0", " ")
        except (LookupError, ValueError):
            continue
    return code.decode("latin-1").replace("\0", " ")


def _declared(code: bytes) -> str:
    for line in code.split(b"\n", 2)[:2]:
        found = _DECLARED.match(line[:400])
        if found:
            return found.group(1).decode("ascii", "replace")
    return "utf-8"
