"""What runs between a handler and the error it caught: its `try` body, and the functions called from there.

Calls are resolved as far as static reading allows (see `calls`); a name that several unrelated functions have, on a
receiver that is not known, leads to each of them as long as there are few.
"""

from __future__ import annotations

import builtins
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from analyzer.codepaths.code_facts import Found
from analyzer.codepaths.fact_rows import MODULE, Function
from analyzer.codepaths.origins.calls import by_name, known
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.references import referred
from analyzer.model import CodePath, Role

MAX_HOPS = 4
_MAX_FUNCTIONS = 600
_MAX_CALLERS_UP = 2
"""how far up from a function that reports errors its callers are looked for"""
_MAX_CALLERS = 20
_NAMED_UP_TO = 2
"""hops up to which functions count that are only named, for somebody else to call"""
_MAX_FILES = 100
_MAX_SERVICE_FILES = 80
"""files of a service up to which all of it is searched where no way is found"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A function that runs on the way, or the part of it that does."""

    path: str
    function: str
    """qualified; `<module>` for the top level of a file"""
    hops: int
    """calls between the handler and this function; 0: the function that holds the `try`, or the frame's own"""
    first: int = 1
    last: int = 1 << 30
    """lines of it that count: the `try` body, else all"""
    line: int | None = None
    """the very line that a frame names"""
    certain: bool = True
    """every call on the way has one definition only"""
    via: tuple[tuple[str, int], ...] = ()
    """(path, line) of the calls on the way, outermost first"""
    start: tuple[str, int] = ("", 0)
    """(path, line) of the wrapper or the frame that the way begins at"""

    def holds(self, line: int) -> bool:
        """Whether a line of this function is on the way."""
        return self.first <= line <= self.last


@dataclass(frozen=True, slots=True)
class Reach:
    """Functions by (path, qualified name), each with the shortest way to it. Empty: nothing narrows the search."""

    functions: dict[tuple[str, str], list[Reached]] = field(default_factory=dict)
    """several for one function: each `try` body of it that counts, and the whole of it where it is called"""
    near: tuple[str, ...] = ()
    """files of the statements or frames that the search begins at"""

    def __bool__(self) -> bool:
        return bool(self.functions)

    def __iter__(self) -> Iterator[Reached]:
        return (reached for found in self.functions.values() for reached in found)

    def of(self, path: str, function: str, line: int | None = None) -> Reached | None:
        """The shortest way to a function, or to a line of it; None where there is none."""
        found = self.functions.get((path, function), ())
        return next((r for r in found if line is None or r.holds(line)), None)

    def add(self, reached: Reached) -> bool:
        """Notes a way; False where a shorter one leads to all of it."""
        found = self.functions.setdefault((reached.path, reached.function), [])
        if any(r.first <= reached.first and reached.last <= r.last and r.line in (None, reached.line) for r in found):
            return False
        found.append(reached)
        return True


def from_wrappers(code: Code, wrappers: Sequence[CodePath], exception: str = "") -> Reach:
    """What the `try` bodies of these statements' handlers run, to four calls deep.

    A statement outside an `except` clause starts from what its function does above it, and from where that function
    is called: a program may report its errors in one place. A handler that cannot catch `exception` starts nothing.
    """
    starts: list[Reached] = []
    for wrapper in wrappers:
        for here in _starts(code, wrapper.file, wrapper.line, exception, _MAX_CALLERS_UP):
            starts.append(replace(here, start=(wrapper.file, wrapper.line)))
    reach = _spread(code, sorted(starts, key=lambda s: s.hops))
    return replace(reach, near=tuple(dict.fromkeys(w.file for w in wrappers)))


def _starts(code: Code, path: str, line: int, exception: str, up: int) -> Iterator[Reached]:
    handler = code.facts.handler_of(path, line)
    around = code.facts.function_at(path, line)
    if around is None:
        return
    if handler is not None:
        if can_catch(handler.row.types, exception):
            first, last = handler.row.try_line, handler.row.try_end_line
            yield Reached(path=path, function=around.name, hops=0, first=first, last=last)
        return
    yield Reached(path=path, function=around.name, hops=0, last=line)
    name = around.name.rpartition(".")[2]
    if up and around.name != MODULE and code.facts.mentioned(name) <= _MAX_FILES:
        for call in code.facts.callers(name)[:_MAX_CALLERS]:
            meant = (known(code, call) or by_name(code, call)) if not code.is_test(call.path) else []
            if any((m.path, m.row.name) == (path, around.name) for m in meant):
                yield from _starts(code, call.path, call.row.line, exception, up - 1)


def can_catch(types: Sequence[str], exception: str) -> bool:
    """Whether an `except` clause with these classes catches an exception; True where the class is not a built-in one.

    A built-in exception is caught by itself, by its built-in bases and by a bare clause only.
    """
    raised = getattr(builtins, exception.rpartition(".")[2], None)
    if not types or not (isinstance(raised, type) and issubclass(raised, BaseException)):
        return True
    bases = {base.__name__ for base in raised.__mro__}
    return any(name == "?" or name.rpartition(".")[2] in bases for name in types)


def from_frames(code: Code, frames: Sequence[CodePath]) -> Reach:
    """The functions of a trace, innermost first, at the very lines that it names, and what those lines call."""
    starts = [
        Reached(path=f.file, function=f.function, hops=0, line=f.line, start=(f.file, f.line))
        for f in frames
        if f.function and f.role in (Role.FRAME, Role.RAISE)
    ]
    return _spread(code, starts)


def _spread(code: Code, starts: Sequence[Reached]) -> Reach:
    reach = Reach()
    waiting = deque(start for start in starts if reach.add(start))
    while waiting:
        here = waiting.popleft()
        if here.hops >= MAX_HOPS:
            continue
        for target, line, certain in _run_from(code, here):
            if len(reach.functions) >= _MAX_FUNCTIONS:
                return reach
            there = Reached(
                path=target.path,
                function=target.row.name,
                hops=here.hops + 1,
                certain=here.certain and certain,
                via=(*here.via, (here.path, line)),
                start=here.start,
            )
            if reach.add(there):
                waiting.append(there)
    return reach


def whole_service(code: Code, near: Sequence[str]) -> Reach:
    """All functions of the packages that these files belong to; nothing where they are too many to be told apart.

    For where static reading finds no way: a program may call by names that it puts together, or from a table.
    """
    roots = {_package_of(code, path) for path in near if path.endswith(".py") and not code.is_test(path)}
    files = sorted(
        p for p in code.tree.files if p.endswith(".py") and not code.is_test(p) and any(p.startswith(r) for r in roots)
    )
    reach = Reach(near=tuple(near))
    if len(files) > _MAX_SERVICE_FILES:
        return reach
    for path in files:
        for function in code.facts.of(path).functions:
            reach.add(Reached(path=path, function=function.name, hops=MAX_HOPS + 1, certain=False))
    return reach


def _package_of(code: Code, path: str) -> str:
    """The folder of the outermost package around a file, else the file's own folder; with its `/`."""
    folder = path.rpartition("/")[0]
    while "/" in folder and f"{folder.rpartition('/')[0]}/__init__.py" in code.tree.files:
        folder = folder.rpartition("/")[0]
    return f"{folder}/" if folder else ""


def _run_from(code: Code, here: Reached) -> Iterator[tuple[Found[Function], int, bool]]:
    """Functions that a function calls, with the line, and whether it surely means them; then those that it names."""
    for found in code.facts.calls_in(here.path, here.function):
        line = found.row.line
        if not here.holds(line) or (here.line is not None and line != here.line):
            continue
        sure = known(code, found)
        for target in sure or by_name(code, found):
            yield target, line, bool(sure)
    if here.hops <= _NAMED_UP_TO:
        first, last = (here.line, here.line) if here.line is not None else (1, here.last)
        for target, line in referred(code, here.path, here.function, first, last):
            yield target, line, False
