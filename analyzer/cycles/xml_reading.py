"""XML of unknown origin to an element tree: no DTD, no entities, bounded depth, a second try for bad characters."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from analyzer.errors import TestsError

MAX_DEPTH = 200
"""elements inside each other; test files have about six"""

_CONTROL: dict[int, str | None] = {
    **dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF)),
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}
"""what XML 1.0 forbids, section 2.2: dropped, and lone halves of a pair replaced"""
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,8}+)|([0-9]{1,8}+));")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9._-]{1,40})[\"']")


def read_xml(path: Path) -> Element:
    """The root of an XML file, tags without namespaces.

    Characters that XML forbids (colour codes in captured output, bytes of another encoding) are dropped in a
    second try. Raises TestsError where the file is missing, is not XML, is cut, or declares a document type.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise TestsError(f"{path}: no such file", "Give --tests the JUnit XML file of the test run.") from None
    except OSError as error:
        raise TestsError(
            f"{path}: cannot be read ({error.strerror or error})", "Check the path and its rights."
        ) from None
    if not data.strip():
        raise TestsError(f"{path}: is empty", "The test run wrote no results; run it again and wait for its end.")
    try:
        return _parse(data, path)
    except expat.ExpatError:
        pass
    try:
        return _parse(_repaired(data), path)
    except expat.ExpatError as error:
        raise _broken(data, error, path) from None


def _parse(data: bytes | str, path: Path) -> Element:
    builder = TreeBuilder()
    depth = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise TestsError(f"{path}: elements nested deeper than {MAX_DEPTH}", "This is not a JUnit file.")
        builder.start(_local(tag), {_local(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_local(tag))

    def refuse(*_: object) -> None:
        # Entities are how a file of 1 kB becomes 1 GB, or reads other files; JUnit never needs a DTD.
        raise TestsError(
            f"{path}: declares a document type, which is refused", "Remove the <!DOCTYPE …> line from the file."
        )

    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.Parse(data, True)
    return builder.close()


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _repaired(data: bytes) -> str:
    """The text without what XML forbids, whatever encoding it claims."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        declared = _DECLARED.match(data.removeprefix(codecs.BOM_UTF8).lstrip())
        encoding = declared.group(1).decode("ascii") if declared else "utf-8"
    try:
        text = data.decode(encoding, errors="replace")
    except (LookupError, UnicodeError):
        text = data.decode("utf-8", errors="replace")
    return _REFERENCE.sub(_allowed_reference, text.lstrip("\ufeff \t\r\n").translate(_CONTROL))


def _allowed_reference(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else int(match[2])
    return match[0] if code not in _CONTROL and code < 0x110000 else ""


def _broken(data: bytes, error: expat.ExpatError, path: Path) -> TestsError:
    start = data.lstrip()[:1]
    if start in (b"{", b"["):
        return TestsError(
            f"{path}: is JSON, not JUnit XML", "Let the test runner write JUnit XML (pytest --junitxml=FILE)."
        )
    if start != b"<" and not data.startswith((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return TestsError(f"{path}: is not XML", "Give --tests a JUnit XML file (pytest --junitxml=FILE).")
    where = f"line {error.lineno}: {expat.ErrorString(error.code)}"
    return TestsError(f"{path}: broken XML ({where})", "Was the run interrupted while it wrote? Run the tests again.")
