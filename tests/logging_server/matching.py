"""A filter's tree → a test of one entry, and the window that its timestamps name.

Comparisons ignore case, regular expressions do not; a field that is missing satisfies no comparison, not even `!=`.
"""

from __future__ import annotations

import ipaddress
import operator
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

from google.logging.type.log_severity_pb2 import LogSeverity
from google.protobuf.duration_pb2 import Duration
from google.protobuf.struct_pb2 import Struct
from google.protobuf.timestamp_pb2 import Timestamp

from .fields import View, check_path, values
from .filters import And, Anywhere, Call, Compare, Node, Not, Or, Path
from .statuses import invalid
from .times import NANOS, parse_ns

Test = Callable[[View], bool]

ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    ":": operator.eq,
}  # fmt: skip
COLUMNS: dict[str, Callable[[View], int]] = {
    "timestamp": lambda view: view.store.timestamps[view.position],
    "receiveTimestamp": lambda view: view.store.received[view.position],
    "severity": lambda view: view.store.severities[view.position],
}
"""fields with a column of numbers in the store: they need no message"""
BEGINNING, END = -(2**63), 2**63 - 1


def window(tree: Node) -> tuple[int, int, Node]:
    """(start, end, rest): the half-open window in ns that the tree's own conjuncts name, and what is left to test."""
    start, end, rest = BEGINNING, END, []
    for part in tree.parts if isinstance(tree, And) else (tree,):
        if isinstance(part, Compare) and part.path == ("timestamp",) and part.operator in ("=", "<", "<=", ">", ">="):
            moment = _moment(part.text)
            after = moment + (part.operator in (">", "<=", "="))
            if part.operator in (">", ">=", "="):
                start = max(start, moment if part.operator != ">" else after)
            if part.operator in ("<", "<=", "="):
                end = min(end, moment if part.operator == "<" else after)
        else:
            rest.append(part)
    return start, end, And(tuple(rest))


def build_test(tree: Node) -> Test:
    """A test of one entry. Raises `ApiError` for unknown fields and values that do not fit theirs."""
    match tree:
        case And(parts):
            tests = [build_test(part) for part in sorted(parts, key=_cost)]
            return tests[0] if len(tests) == 1 else lambda view: all(test(view) for test in tests)
        case Or(parts):
            options = [build_test(part) for part in sorted(parts, key=_cost)]
            return lambda view: any(test(view) for test in options)
        case Not(part):
            inner = build_test(part)
            return lambda view: not inner(view)
        case Compare(path, sign, text):
            return _comparison(check_path(path), sign, text)
        case Anywhere(text):
            needle = text.lower()
            return lambda view: any(needle in word.lower() for word in _texts(_document(view)))
        case Call(name, arguments):
            return _FUNCTIONS[name](*arguments)


def _cost(node: Node) -> int:
    """Cheap ones first; the sort is stable. Without effect on the result: no test has a side effect."""
    match node:
        case Compare(path, _, _):
            return 0 if path[0] in COLUMNS else 1 if path[0] in ("logName", "insertId") else 2
        case Call(name, _):
            return 1 if name in ("log_id", "sample") else 4
        case Anywhere():
            return 4
        case Not(part):
            return _cost(part)
        case And(parts) | Or(parts):
            return max((_cost(part) for part in parts), default=0)


def _comparison(path: Path, sign: str, text: str) -> Test:
    if sign in ("=~", "!~"):
        return _expression(path, sign, text)
    if len(path) == 1 and path[0] in COLUMNS and sign != "present":
        column, wanted = COLUMNS[path[0]], _severity(text) if path[0] == "severity" else _moment(text)
        order = ORDERS[sign]
        return lambda view: order(column(view), wanted)
    if path == ("logName",) and sign == "=":
        name = text.lower()
        return lambda view: view.store.log_names[view.position].lower() == name
    if sign == "present":
        return lambda view: any(True for _ in values(view, path))
    compare = _comparer(sign, text)
    return lambda view: any(compare(value) for value in values(view, path))


def _comparer(sign: str, text: str) -> Callable[[Any], bool]:
    order, folded, number = ORDERS[sign], text.lower(), _number(text)

    def compare(value: Any) -> bool:
        match value:
            case str():
                return folded in value.lower() if sign == ":" else order(value.lower(), folded)
            case bool():
                return order(str(value).lower(), folded)
            case int() | float():
                return sign == "!=" if number is None else order(value, number)
            case None:
                return order("null_value", folded)
            case Timestamp():
                return order(value.seconds * NANOS + value.nanos, _moment(text))
            case Duration():
                return order(value.seconds * NANOS + value.nanos, _duration(text))
            case Struct():
                return sign == ":" and text in value.fields
            case dict():
                return sign == ":" and any(folded in key.lower() for key in value)
        return False

    return compare


def _expression(path: Path, sign: str, text: str) -> Test:
    try:
        search = re.compile(text).search
    except re.error as err:
        raise invalid(f"Invalid regular expression {text!r}: {err}") from err
    wanted = sign == "=~"
    return lambda view: any((search(_plain(value)) is not None) == wanted for value in values(view, path))


def _plain(value: Any) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _log_id(name: str) -> Test:
    ending = "/logs/" + quote(name, safe="").lower()
    return lambda view: view.store.log_names[view.position].lower().endswith(ending)


def _sample(field: str, share: str) -> Test:
    fraction, path = _number(share), check_path(tuple(field.split(".")))
    if fraction is None or not 0 <= fraction <= 1:
        raise invalid(f"sample() takes a fraction between 0 and 1, not {share!r}")
    limit = fraction * 2**32
    if path == ("insertId",):
        return lambda view: zlib.crc32(view.store.insert_ids[view.position].encode()) < limit
    return lambda view: any(zlib.crc32(str(value).encode()) < limit for value in values(view, path))


def _search(*arguments: str) -> Test:
    """Whole words, in any order, in any field or in one."""
    wanted = set(_words(arguments[-1]))
    if len(arguments) == 1:
        return lambda view: wanted <= {word for text in _texts(_document(view)) for word in _words(text)}
    path = check_path(tuple(arguments[0].split(".")))
    return lambda view: any(wanted <= set(_words(str(value))) for value in values(view, path))


def _ip_in_net(field: str, network: str) -> Test:
    path = check_path(tuple(field.split(".")))
    try:
        net = ipaddress.ip_network(network, strict=False)
    except ValueError as err:
        raise invalid(f"ip_in_net: {err}") from err

    def inside(value: Any) -> bool:
        try:
            return ipaddress.ip_address(str(value)) in net
        except ValueError:
            return False

    return lambda view: any(inside(value) for value in values(view, path))


_FUNCTIONS: dict[str, Callable[..., Test]] = {
    "log_id": _log_id, "sample": _sample, "SEARCH": _search, "ip_in_net": _ip_in_net
}  # fmt: skip


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def _document(view: View) -> dict[str, Any]:
    return view.store.document(view.position)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
    elif value is not None:
        yield str(value)


def _number(text: str) -> float | int | None:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def _severity(text: str) -> int:
    if text.isdecimal():
        return int(text)
    try:
        return int(LogSeverity.Value(text.upper()))
    except ValueError as err:
        raise invalid(f"Unknown severity {text!r}.") from err


def _moment(text: str) -> int:
    try:
        return parse_ns(text)
    except ValueError as err:
        raise invalid(f"Invalid timestamp: {text!r}; expected RFC 3339.") from err


def _duration(text: str) -> int:
    seconds = _number(text.removesuffix("s"))
    if seconds is None:
        raise invalid(f"Invalid duration: {text!r}; expected seconds such as '1.5s'.")
    return round(seconds * NANOS)
