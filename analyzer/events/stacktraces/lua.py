"""Lua's stacks: `lua`, LuaJIT, OpenResty, Redis scripts and what embeds Lua, versions 5.1 to 5.4.

`lua: file.lua:12: message`, then `stack traceback:` and the calls, innermost first. Lua has no types: the type is None,
and the message is what stands after the first place `file:line: ` (and after the name of the program). Where the calls
do not show that place (the error was raised again, or there are no calls), it is the innermost frame.
https://github.com/lua/lua/blob/master/lauxlib.c (luaL_traceback), https://github.com/openresty/lua-nginx-module
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzer.events.stacktraces.core import (
    LIKELY,
    SURE,
    WEAK,
    Draft,
    Move,
    Reader,
    Span,
    build,
    register,
)
from analyzer.events.stacktraces.line_grammar import LineGrammar, Token, after, line_kind
from analyzer.model import Frame, Relation

LANGUAGE = "lua"
_CHUNK = r'\[string "[^\n]{0,200}?"\]|\[\w{1,20} "[^"\n]{1,200}"\]|\((?:command line|debug command)\)'
_SOURCE = (
    rf"(?:{_CHUNK}|\w{{2,30}}_by_lua\w{{0,12}}(?:\([^()\n]{{1,200}}\))?|[@=]?user_script"
    r"|[@=]?(?:\w{1,20}:)?[^\s:\"'`()<>|,;=]{0,300}\.(?:lua|luau|luac|moon|fnl|lp|tl))"
)
_ANY_SOURCE = rf"(?:{_CHUNK}|[@=]?(?:[A-Za-z]:)?[^\s:][^:\n]{{0,300}}?)"
_PLACE = rf"(?P<file>{_SOURCE}):(?P<line>\d{{1,9}}): "
_PROGRAM = r"(?:\S{0,200}[/\\])?(?:lua|luajit|texlua|resty|luvit|tarantool|lovr?)[\d.-]{0,10}\w{0,12}(?:\.exe)?: "
_WHAT = (
    r"(?:in (?:(?:local|method|upvalue|field|global|metamethod|function|hook|for iterator) '(?P<name>[^'\n]{1,300})'"
    r"|function (?P<defined><[^\n]{1,400}?>)|(?P<main>main chunk)|\?)|\?|at 0x[0-9a-f]{1,16})"
)
_FRAME = (
    rf"\s{{0,40}}(?P<file>\[[^\n]{{1,250}}?\]|(?:[A-Za-z]:)?[^\s:][^\n]{{0,300}}?):(?:(?P<line>-?\d{{1,9}}):)? {_WHAT}"
    r"(?P<request>, client: [^\n]{0,100000})?\s*$"
)
_TITLES = ("titled", "nginx", "redis", "placed", "told")
_SPOKEN = ("titled", "nginx", "placed", "told")
"""titles whose message may have more lines; Redis makes one of them"""
_FRAMES = ("frame", "tail-call", "skipped")
_LOG_LINE = (
    r"(?:\[?\d{4}[-/.]\d\d[-/.]\d\d[ T]|\[?\d\d:\d\d:\d\d[.,:\]\s]"
    r"|\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b)"
)
_MARKS = (".lua:", "stack traceback:", " in function ", " in main chunk", "lua", "user_script", "_by_lua", "[string ")
"""a line without any of these opens nothing"""


GRAMMAR = LineGrammar(
    (
        line_kind(
            "traceback",
            r"\s{0,40}(?:[Ss]tack traceback|Traceback):?\s*$",
            after(((*_TITLES, "message", "quoted", *_FRAMES), SURE)),
            opens=SURE,
        ),
        line_kind("tail-call", r"\s{0,40}(?:\(\.\.\.tail calls\.\.\.\)|\(tail call\): \?)\s*$", after((_FRAMES, SURE))),
        line_kind("frame", _FRAME, after((("traceback", "coroutine", *_FRAMES), SURE)), opens=LIKELY),
        line_kind("skipped", r"\s{0,40}\.\.\.(?:\s{0,8}\(skipping \d{1,9} levels\))?\s*$", after((_FRAMES, SURE))),
        line_kind("coroutine", r"\s{0,40}coroutine \d{1,9}:\s*$", after((("traceback", *_FRAMES), SURE))),
        line_kind(
            "nginx",
            r"(?P<prefix>[^\n]{0,300}?)(?P<head>lua [a-z ]{4,40} aborted: [a-z ]{4,40}: "
            r"|\w{4,20}_by_lua\w{0,10} error: |failed to (?:run|load) \w{4,20}_by_lua\w{0,10}\*?: )"
            rf"(?:(?P<file>{_SOURCE}|{_ANY_SOURCE}):(?P<line>\d{{1,9}}): )?(?P<message>.*)",
            opens=SURE,
        ),
        line_kind(
            "redis",
            r"(?P<prefix>)(?:\(error\) |-)?(?:ERR )?(?:Error (?:running|compiling) script \([^()\n]{1,200}\): "
            r"(?:@user_script: ?(?:\d{1,9}: )?)?|(?=ERR user_script)ERR )@?(?P<file>user_script):(?P<line>\d{1,9}): "
            r"(?P<message>.*)",
            opens=LIKELY,
        ),
        line_kind(
            "titled",
            rf"(?P<prefix>){_PROGRAM}(?:(?P<file>{_ANY_SOURCE}):(?P<line>\d{{1,9}}): )?(?P<message>.*)",
            opens=LIKELY,
        ),
        line_kind("quoted", _FRAME, after(((*_TITLES, "message", "quoted"), LIKELY))),
        line_kind("placed", rf"(?P<prefix>){_PLACE}(?P<message>.*)", opens=WEAK),
        line_kind("told", rf"(?P<prefix>[^\n]{{1,300}}?(?:[\s(]|(?<=\t))){_PLACE}(?P<message>.*)", opens=WEAK),
        line_kind("message", rf"(?!{_LOG_LINE})", after(((*_SPOKEN, "message", "quoted"), WEAK))),
    )
)
"""a message may quote a frame: only after `stack traceback:` they are the stack's own"""

_IS_LOG_LINE = re.compile(rf"{_LOG_LINE}[^\n]{{0,200}}?(?:\]|:|-)\s")
_OTHERS = re.compile(_FRAME)
_REDIS_SUFFIX = re.compile(r" script: [0-9a-f]{1,60}, on @?user_script:\d{1,9}\.$")


def begin(line: str) -> Move | None:
    """The state after a line that opens a stack by itself."""
    for mark in _MARKS:
        if mark in line:
            return GRAMMAR.begin(line)
    return None


def heads(line: str) -> bool:
    """Whether what was logged right before a line is the message of the stack that it announces."""
    return line.strip() == "stack traceback:"


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order."""
    spans: list[Span] = []
    for run in GRAMMAR.runs(lines):
        span = _span(run, lines, spans[-1].end if spans else 0)
        if span is not None:
            spans.append(span)
    return spans


def _span(run: list[Token], lines: Sequence[str], free_from: int) -> Span | None:
    stacks = _stacks(run)
    first, last = run[0], run[-1]
    title = first if first.kind in _TITLES else None
    if not any(stacks) and not (title is not None and _is_certain(title)):
        return None
    start, prefix = first.at, ""
    draft = Draft()
    if title is not None:
        draft = Draft(message=_message(run, lines))
        prefix = "" if title.kind == "nginx" else title.found["prefix"]
        _add_place(title, stacks)
    elif first.kind == "traceback" and _is_message(lines, first.at - 1, free_from):
        start -= 1
        draft.message = lines[start].strip()
    elif first.kind == "frame" and len(stacks[-1]) < 2:
        return None
    draft.frames = stacks[-1][::-1]
    # raised again where it had been caught: the first stack is that of the error itself
    chain = [Draft(message=draft.message, frames=stack[::-1], relation=Relation.CAUSE) for stack in stacks[:-1]]
    chain.append(draft)
    cut = (first.kind in ("traceback", "frame") and start == first.at) or last.kind == "traceback"
    trace = build(LANGUAGE, chain, truncated=cut)
    return Span(start=start, end=last.at + 1, trace=trace, prefix=prefix)


def _stacks(run: list[Token]) -> list[list[Frame]]:
    """The frames of every `stack traceback:`, innermost first; without one, those that nothing announced."""
    announced = any(token.kind == "traceback" for token in run)
    stacks: list[list[Frame]] = []
    for token in run:
        if token.kind == "traceback":
            stacks.append([])
        elif token.kind == "frame" or (token.kind == "quoted" and not announced):
            if not stacks:
                stacks.append([])
            stacks[-1].append(_frame(token))
    return [stack for stack in stacks if stack] or [[]]


def _frame(token: Token) -> Frame:
    found = token.found
    line = found["line"]
    return Frame(
        file=found["file"],
        line=int(line) if line else None,
        function=found["name"] or found["defined"] or found["main"],
    )


def _message(run: list[Token], lines: Sequence[str]) -> str:
    """The title's text and the lines up to the calls."""
    title = run[0]
    said = [title.found["message"]]
    end = next((token.at for token in run if token.kind in ("traceback", "frame")), None)
    if end is None:
        quoted = next((token.at for token in run if token.kind == "quoted"), run[-1].at + 1)
        end = quoted
    said += lines[title.at + 1 : end]
    message = "\n".join(said).rstrip()
    if title.kind == "redis":
        return _REDIS_SUFFIX.sub("", message)
    return message.partition(", client: ")[0] if title.kind == "nginx" else message


def _add_place(title: Token, stacks: list[list[Frame]]) -> None:
    """The title's place as the innermost frame, unless a call shows it; old nginx modules leave out its line there."""
    file = title.found["file"]
    if not file:
        return
    place = (file, int(title.found["line"]))
    calls = stacks[0]
    if calls and calls[0].file == file and calls[0].line is None:
        calls[0] = Frame(file=file, line=place[1], function=calls[0].function)
    elif not any((frame.file, frame.line) == place for stack in stacks for frame in stack):
        calls.insert(0, Frame(file=file, line=place[1], function=None))


def _is_certain(title: Token) -> bool:
    """A title that needs no calls: the program's name with a place, or a server's words."""
    return title.kind in ("nginx", "redis") or (title.kind == "titled" and title.found["file"] is not None)


def _is_message(lines: Sequence[str], at: int, free_from: int) -> bool:
    return at >= free_from and bool(lines[at].strip()) and not _OTHERS.match(lines[at])


register(
    Reader(
        language=LANGUAGE,
        hints=("stack traceback:", ".lua:", "lua: ", "user_script:", ": in function ", " aborted: ", "_by_lua"),
        read=read,
        begin=begin,
        step=GRAMMAR.step,
        heads=heads,
    )
)
