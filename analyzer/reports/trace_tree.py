"""A stack trace as a tree for people: what hangs under what, which frames are ours, which exception is the root."""

from __future__ import annotations

from collections.abc import Iterator

from analyzer.model import Frame, StackTrace
from analyzer.reports.hostile import clean, one_line

_STEP = "  "


def draw_trace(trace: StackTrace) -> str:
    """The language, then every exception under the one it explains, newest first.

    Frames run outermost to innermost; `*` marks ours, `.` any other. The root is marked where there is one.
    """
    children: dict[int | None, list[int]] = {}
    for index, exception in enumerate(trace.exceptions):
        children.setdefault(exception.parent, []).append(index)
    lines = [f"{trace.language} (truncated)" if trace.truncated else trace.language]
    todo = [(trace.last, 0)]
    while todo:
        index, depth = todo.pop()
        lines += _exception(trace, index, _STEP * depth)
        todo += [(below, depth + 1) for below in reversed(children.get(index, ()))]
    return "\n".join(lines)


def _exception(trace: StackTrace, index: int, indent: str) -> Iterator[str]:
    one = trace.exceptions[index]
    said = clean(one.message).split("\n")
    kind = one_line(one.type or "")
    title = f"{kind}: {said[0]}" if kind and said[0] else kind or said[0] or "(no type)"
    relation = f"{one.relation.value} " if one.relation else ""
    yield f"{indent}{relation}{title}{'   <- root' if index == trace.root else ''}"
    yield from (f"{indent}{_STEP}| {more}" for more in said[1:])
    yield from (f"{indent}{_STEP}{'*' if frame.in_app else '.'} {_place(frame)}" for frame in one.frames)


def _place(frame: Frame) -> str:
    where, function = one_line(frame.file or ""), one_line(frame.function or "")
    if where and frame.line is not None:
        where = f"{where}:{frame.line}"
    if function and where:
        return f"{function} ({where})"
    return function or where or "(unknown)"
