"""The values of an entry's field, by the path a filter gives: from the message itself, without a dict of all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from google.protobuf import any_pb2, symbol_database
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.struct_pb2 import ListValue, Struct, Value

from .filters import Path
from .protos import EntryProto
from .statuses import invalid
from .store import Store

_OPEN = ("google.protobuf.Struct", "google.protobuf.Any", "google.protobuf.Timestamp", "google.protobuf.Duration")
"""messages whose insides a path is not checked against"""


class View:
    """One entry of a store during the evaluation of a filter; its message is parsed when it is asked for."""

    __slots__ = ("_message", "position", "store")

    def __init__(self, store: Store) -> None:
        self.store = store
        self.position = -1
        self._message: Any = None

    def move(self, position: int) -> View:
        """The same view on another entry."""
        self.position = position
        self._message = None
        return self

    @property
    def message(self) -> Any:
        if self._message is None:
            self._message = self.store.message(self.position)
        return self._message

    @property
    def rest_only(self) -> dict[str, Any]:
        return self.store.rest_only.get(self.store.serials[self.position], {})


def check_path(path: Path) -> Path:
    """The path with the JSON names of known fields. Raises `ApiError` for a field that a LogEntry does not have."""
    if path[0] == "errorGroups":
        return path
    descriptor: Descriptor | None = EntryProto.DESCRIPTOR
    checked: list[str] = []
    for part in path:
        if descriptor is None:
            break
        field = _field(descriptor, part)
        if field is None:
            raise invalid(f"Field not found: '{'.'.join(path)}'.")
        checked.append(field.json_name)
        inner = field.message_type
        closed = inner is None or inner.full_name in _OPEN or inner.GetOptions().map_entry
        descriptor = None if closed else inner
    return (*checked, *path[len(checked) :])


def values(view: View, path: Path) -> Iterator[Any]:
    """All values at a path: texts, numbers, booleans, None, times and durations as messages, objects as they are.

    A repeated field has several; a field that is not set, or holds the default of its type, has none.
    """
    if path[0] == "errorGroups":
        return _walk_plain(view.rest_only.get("errorGroups"), path[1:])
    return _walk(view.message, path)


def _field(descriptor: Descriptor, name: str) -> FieldDescriptor | None:
    return descriptor.fields_by_camelcase_name.get(name) or descriptor.fields_by_name.get(name)


def _walk(node: Any, path: Path) -> Iterator[Any]:
    if isinstance(node, Value):
        kind = node.WhichOneof("kind")
        node = None if kind in (None, "null_value") else getattr(node, kind)
    if isinstance(node, ListValue):
        for item in node.values:
            yield from _walk(item, path)
    elif isinstance(node, any_pb2.Any):
        if path == ("@type",):
            yield node.type_url
        elif (inner := _unpack(node)) is not None:
            yield from _walk(inner, path)
    elif not path:
        yield node
    elif isinstance(node, Struct):
        if path[0] in node.fields:
            yield from _walk(node.fields[path[0]], path[1:])
    elif hasattr(node, "DESCRIPTOR"):
        yield from _walk_message(node, path)


def _walk_message(node: Any, path: Path) -> Iterator[Any]:
    field = _field(node.DESCRIPTOR, path[0])
    if field is None:
        return
    value, rest = getattr(node, field.name), path[1:]
    if field.is_repeated and field.message_type is not None and field.message_type.GetOptions().map_entry:
        if not rest and value:
            yield dict(value)
        elif len(rest) == 1 and rest[0] in value:
            yield value[rest[0]]
    elif field.is_repeated:
        for item in value:
            yield from _walk(item, rest)
    elif field.message_type is not None:
        if node.HasField(field.name):
            yield from _walk(value, rest)
    elif value and not rest:
        yield field.enum_type.values_by_number[value].name if field.enum_type is not None else value


def _walk_plain(node: Any, path: Path) -> Iterator[Any]:
    if isinstance(node, list):
        for item in node:
            yield from _walk_plain(item, path)
    elif not path:
        if node is not None:
            yield node
    elif isinstance(node, dict) and path[0] in node:
        yield from _walk_plain(node[path[0]], path[1:])


def _unpack(packed: Any) -> Any:
    try:
        message = symbol_database.Default().GetSymbol(packed.type_url.rpartition("/")[2])()
    except KeyError:
        return None
    packed.Unpack(message)
    return message
