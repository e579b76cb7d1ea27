"""Where an error can come from: what a message asks of the code, and the places that can have raised it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Protocol

from analyzer.model.causes import LookAlike
from analyzer.model.code import CodePath
from analyzer.model.events import Frame, StackTrace


class QueryKind(StrEnum):
    """What a runtime message asks of the code. Beside each: the names that its rule captures."""

    UNSERIALIZABLE = "unserializable"
    """type, encoder (json, pickle, postgres …), place (`key` where it is the key of a dict): a value of this class
    reached an encoder"""
    ATTRIBUTE = "attribute"
    """type, attribute: a value of `type` (`NoneType`, `coroutine`, `dict`, a class) was asked for `attribute`"""
    OPERATION = "operation"
    """type, operation (subscript, iterate, call, await, len, contains, hash, binary …), other (the class on the other
    side of an operator): a value that cannot do it"""
    SIGNATURE = "signature"
    """function, argument (may be empty), count: a call and a definition that disagree"""
    NAME = "name"
    """name: used where it is not defined"""
    UNBOUND = "unbound"
    """name: used before it is assigned"""
    MODULE = "module"
    """module: imported and absent"""
    IMPORT = "import"
    """name, module: imported from a module that does not have it"""
    KEY = "key"
    """key: looked up and missing"""
    INDEX = "index"
    """no name: beyond the end of a sequence"""
    UNPACK = "unpack"
    """expected, got: a sequence of another length"""
    CONVERSION = "conversion"
    """function (int, float, uuid, json, date …), value: a text that is none"""
    FILE = "file"
    """path: not there, or not to be read"""
    ENVIRONMENT = "environment"
    """variable: not set, or not what it should be"""
    CONNECTION = "connection"
    """host, port, url (each may be empty): refused, reset, not resolved, no certificate"""
    TIMEOUT = "timeout"
    """seconds, host, port, url (each may be empty): waited longer than that"""
    DATABASE = "database"
    """relation, column, constraint (each may be empty)"""
    VALIDATION = "validation"
    """field, model (each may be empty)"""
    CREDENTIAL = "credential"
    """user, permission (each may be empty): refused, expired or missing"""
    RESOURCE = "resource"
    """resource (memory, quota, disk, files, connections, rate)"""
    TEXT = "text"
    """no name: the text itself is all there is; raise statements that can give it"""


QUERY_NAMES: Mapping[QueryKind, frozenset[str]] = {
    QueryKind.UNSERIALIZABLE: frozenset({"type", "encoder", "place"}),
    QueryKind.ATTRIBUTE: frozenset({"type", "attribute"}),
    QueryKind.OPERATION: frozenset({"type", "operation", "other"}),
    QueryKind.SIGNATURE: frozenset({"function", "argument", "count"}),
    QueryKind.NAME: frozenset({"name"}),
    QueryKind.UNBOUND: frozenset({"name"}),
    QueryKind.MODULE: frozenset({"module"}),
    QueryKind.IMPORT: frozenset({"name", "module"}),
    QueryKind.KEY: frozenset({"key"}),
    QueryKind.INDEX: frozenset(),
    QueryKind.UNPACK: frozenset({"expected", "got"}),
    QueryKind.CONVERSION: frozenset({"function", "value"}),
    QueryKind.FILE: frozenset({"path"}),
    QueryKind.ENVIRONMENT: frozenset({"variable"}),
    QueryKind.CONNECTION: frozenset({"host", "port", "url"}),
    QueryKind.TIMEOUT: frozenset({"seconds", "host", "port", "url"}),
    QueryKind.DATABASE: frozenset({"relation", "column", "constraint"}),
    QueryKind.VALIDATION: frozenset({"field", "model"}),
    QueryKind.CREDENTIAL: frozenset({"user", "permission"}),
    QueryKind.RESOURCE: frozenset({"resource"}),
    QueryKind.TEXT: frozenset(),
}
"""The names that a rule may capture for a query, as documented beside each kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to the code, made from a message by a rule."""

    kind: QueryKind
    text: str
    """the innermost message that is asked about"""
    names: Mapping[str, str] = field(default_factory=dict)
    exception: str = ""
    """class that such a message is raised as; empty where it may be any"""
    rule: str | None = None
    """id of the rule that read the message; None where no rule knows it"""


class Proof(IntEnum):
    """What ties a place to the message, weakest first."""

    NAMES = 1
    """the place has the names that the message speaks of"""
    CAN_RAISE = 2
    """an operation stands there that can raise exactly this text"""
    FLOWS = 3
    """a value that makes it raise exactly this text is shown to reach it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrapper:
    """A statement that puts its own words around the text of another error."""

    path: CodePath
    inner: str
    """what stood in the hole"""
    whole: bool
    """the template and its holes make the whole message, but for a short mark in front of it"""
    named: bool = True
    """the source of the hole is called like an error; else any value may stand there"""
    handler: bool = False
    """it stands in an `except` clause, so that what it caught came from the `try` body"""
    loses_trace: bool = False
    """that clause neither logs the trace nor raises again"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A place that can have raised the innermost message, with what speaks for it."""

    path: CodePath
    """role `cause`; its evidence are sentences that stand alone"""
    proof: Proof
    kind: str = "code"
    """kind of cause: code, configuration, packaging, dependency, infrastructure or test"""
    raised_at: CodePath | None = None
    """where the exception is thrown, where that is another line"""
    via: tuple[CodePath, ...] = ()
    """calls from the wrapper's `try` body to the place, outermost first"""
    start: tuple[str, int] | None = None
    """(file, line) of the wrapper, or the frame, that the way begins at"""
    hops: int | None = None
    """calls between the handler and the place; None where no way was found, or none was looked for"""
    unconditional: bool = False
    """it runs whenever its function is called"""
    masking: bool = False
    """it stands in an `except` clause: an earlier error is hidden by this one"""
    breaking: tuple[tuple[str, int], ...] = ()
    """(file, line) of the expressions to blame for it, the feeding one first; empty: the lines of `path`"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginSearch:
    """The answer to a query."""

    origins: tuple[Origin, ...] = ()
    """most probable first"""
    siblings: tuple[CodePath, ...] = ()
    """role `sibling`: other places that would fail alike"""
    look_alikes: tuple[LookAlike, ...] = ()
    """places of the same looks that cannot raise it, and why"""
    reason: str | None = None
    """why there is no origin, or what of the search could not be done"""


class OriginIndex(Protocol):
    """What the code can say about a message. `codepaths` implements it; `causes` and `fixes` ask."""

    def wrappers(self, message: str, *, field: str | None = None) -> Sequence[Wrapper]:
        """Statements whose words stand around an inner text in this message, the most probable first."""

    def origins(self, query: Query, *, wrappers: Sequence[CodePath] = (), frames: Sequence[Frame] = ()) -> OriginSearch:
        """Places that can have raised the text of a query.

        Beginning at the statements that wrapped it, or at the frames of its trace (outermost to innermost), else
        anywhere in the repository.
        """

    def suspects(self, trace: StackTrace, *, limit: int = 3) -> Sequence[CodePath]:
        """Functions that may have to change for a stack trace, the most probable first, no function twice.

        Not only frames: also what their lines call, what made their values, and what the message names.
        """
