"""The lines of Elixir's stacks: what each may look like, and which may follow which.

`Exception.format/3` writes banner and frames, `Exception.format_exit/1` nests what made a process exit, Logger's
translator puts the report around them: https://hexdocs.pm/elixir/Exception.html#format/3 and
https://github.com/elixir-lang/elixir/blob/main/lib/logger/lib/logger/translator.ex
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import LineGrammar, LineKind

_INDENT = r"\s{0,200}+"
_ALIAS = r"[A-Z]\w{0,100}+(?>(?:\.[A-Z]\w{0,100}+){0,20})"
_TYPE = (
    rf"\((?P<type>(?!EXIT\b){_ALIAS}|exit|throw|stop|error|:[a-z][\w@.]{{0,100}}|EXIT(?= from ))"
    r"(?: from [^\n()]{1,100})?\)"
)
_SAID = r"(?: (?P<message>.*)|\s*$)"
_RAISED = r" (?P<message>[^\n]{0,1000}?an exception was raised:)\s*$"
_BANNER = rf"\*\* {_TYPE}"
_LEVEL = r"(?:debug|info|notice|warn(?:ing)?|error|critical|alert|emergency)"
_LOG_LINE = (
    r"(?:\[?\d{4}[-/.]\d\d[-/.]\d\d[ T]|\[?\d\d:\d\d:\d\d[.,:\]\s]"
    rf"|\[{_LEVEL}\]|(?:{_LEVEL.upper()}|TRACE|FATAL)\b)"
)
_LOGGED = rf"(?={_LOG_LINE})(?P<prefix>[^\n]{{0,300}}?(?<=[\s\]]))"

_APP = r"(?:\((?P<app>[a-z][\w@-]{0,60})(?: (?P<version>\d[\w.+-]{0,60}))?\) )"
_EXTENSION = r"\.(?:exs?|[hxy]rl|erl|[hl]?eex|sface|neex)"
_FILE = rf"(?P<file>(?:[A-Za-z]:)?[^\s:(\u2500-\u257f][^:\n]{{0,300}}?{_EXTENSION}|iex|nofile|stdin)"
_PLACE = rf"(?:{_FILE}:(?:(?P<line>\d{{1,9}}):(?:\d{{1,9}}:)?)? )"
_NAME = r'(?:"[^"\n]{1,300}"|[^\s("/][^\s("/]{0,300}|/)'
_MODULE = rf'(?:{_ALIAS}|:[a-z_][\w@]{{0,100}}|:"[^"\n]{{1,200}}"|nil)'
_ARGUMENTS = r"\([^\n]{0,100000}\)"
_FUNCTION = (
    r"(?:(?P<block>\([a-z_ ]{1,40}\))"
    rf"|(?P<module>{_ALIAS}) \(module\)"
    rf"|(?P<function>(?:anonymous fn(?:/\d{{1,3}}|\([^\n]{{0,300}}?\)) in )?{_MODULE}\.{_NAME}(?:/\d{{1,3}})?)"
    rf"(?:{_ARGUMENTS})?"
    rf"|(?P<local>#Function<[^\n>]{{1,300}}>(?:/\d{{1,3}})?|[a-z_]\w{{0,100}}[?!]?/\d{{1,3}})(?:{_ARGUMENTS})?)\s*$"
)
_CALLED = rf"(?P<function>(?:anonymous fn/\d{{1,3}} in )?{_MODULE}\.{_NAME}(?:/\d{{1,3}}|(?={_ARGUMENTS}\s*$)))"

_ACTOR = (
    r"(?:(?:GenServer|GenEvent handler|Task|Process|Agent|Child|Children|State machine|Ranch|Stage|Connection) "
    r"|:gen_\w{4,9} |#PID<)"
)
_REPORTED = r"(?:terminating|terminated|raised an exception|failed to start|caused shutdown|shut down abnormally)\s*$"
_BEFORE = (
    r"(?:Last message(?: \(from [^\n]{1,200}\))?|State|Function|Args|Queue|Postponed|Process Label): "
    r"|Server: \S{1,300} \(\w{1,20}\)|Request: [A-Z]{1,20} "
)
_AFTER = (
    r"Last message(?: \(from [^\n]{1,200}\))?: |Function: [#&]|Queue: [\[{]|Process Label: |Initial Call: |Pid: #PID<"
    r"|Start Call: |Start Module: |Number: \d{1,9}\s*$|Ancestors: \[|Neighbours:\s*$|Message Queue Length: \d"
)
_LATER = (
    rf"{_AFTER}|State: |Args: \[|Postponed: \[|Callback mode: |Current Call: |Messages: \[|Links: \[|Dictionary: \["
    r"|Trapping Exits: |Status: :|Heap Size: \d|Stack Size: \d|Reductions: \d|Restart: :|Shutdown: [\d:]|Type: :"
    r"|Significant: |#PID<[\d.]{1,40}>\s*$|[\w.:]{1,100} \(#PID<[\d.]{1,40}>\)\s*$"
    r"|Client \S{1,300} is (?:dead|remote)\b"
)

TITLES = ("banner", "logged", "told", "raised", "inner", "exit", "exited", "asserted")
"""each is an exception, or the wrapper of one"""
_TEXT = (*TITLES, "message")
_FRAMES = ("frame", "called")
_BLAMED = ("blame", "value")
_DETAILS = ("detail", "more-detail")
_TAIL = ("tail", "dump", "client", "client-frame")


def _after(kinds: tuple[str, ...], fit: int) -> dict[str, int]:
    return dict.fromkeys(kinds, fit)


def _kind(name: str, pattern: str, after: dict[str, int] | None = None, *, opens: int = 0) -> LineKind:
    return LineKind(name=name, pattern=re.compile(pattern), opens=opens, after=after or {})


_STACK = _after((*_TEXT, *_FRAMES, *_BLAMED, *_DETAILS), SURE)
_LED = ("report", "early", "numbered", "where")
_ENDS = _after((*_TEXT, *_FRAMES, *_BLAMED), SURE)

GRAMMAR = LineGrammar(
    (
        _kind("inner", rf"{_INDENT}{_BANNER}{_SAID}", _after(("raised", "exited"), SURE)),
        _kind(
            "raised",
            rf"{_INDENT}\*\* (?:{_TYPE}|\((?P<bare>EXIT)\)){_RAISED}",
            _after((*_TEXT, *_LED), SURE),
            opens=SURE,
        ),
        _kind("exit", rf"{_INDENT}\*\* \((?P<type>EXIT)\){_SAID}", _after(_TEXT, SURE), opens=LIKELY),
        _kind("banner", rf"{_INDENT}{_BANNER}{_SAID}", _after(_LED, SURE), opens=SURE),
        _kind("exited", rf"(?:{_LOGGED})?Application \w{{1,100}} exited: (?P<message>[^\n]{{1,2000}})", opens=LIKELY),
        _kind("logged", rf"{_LOGGED}{_BANNER}{_SAID}", opens=LIKELY),
        _kind("told", rf"(?P<prefix>[^\n]{{1,400}}?(?<=[\s(])){_BANNER}{_SAID}", opens=WEAK),
        _kind(
            "frame",
            rf"{_INDENT}{_APP}?(?:{_PLACE}|(?(app)|(?!))){_FUNCTION}",
            _STACK,
            opens=LIKELY,
        ),
        _kind("called", rf"{_INDENT}{_CALLED}", _STACK),
        _kind("report", rf"(?>(?:{_LOGGED})?{_ACTOR})[^\n]{{0,1000}}\b{_REPORTED}", opens=LIKELY),
        _kind("early", rf"{_INDENT}(?:{_BEFORE})", _after(("report", "early"), SURE)),
        _kind("client", r"Client \S{1,300} is alive\s*$|Current Stacktrace:\s*$", _after(("tail", *_FRAMES), SURE)),
        _kind("client-frame", rf"{_INDENT}{_APP}?{_PLACE}?{_FUNCTION}", _after(("client", "client-frame"), SURE)),
        _kind("tail", rf"{_INDENT}(?:{_AFTER})", _ENDS),
        _kind("tail", rf"{_INDENT}(?:{_LATER})", _after(_TAIL, SURE)),
        _kind(
            "dump",  # a term that is printed over several lines
            r"\s{1,200}+(?:[^\n]{1,4000}[\[{(,]|[\])}>]{1,20},?)\s*$|[\]}>)]{1,20}\s*$",
            _after(("tail", "dump"), LIKELY),
        ),
        _kind(
            "blame",
            rf"{_INDENT}(?:The following arguments were given to \S|Attempted function clauses \(showing \d)",
            _after((*_TEXT, *_BLAMED), SURE),
        ),
        _kind("value", rf"(?!{_LOG_LINE})", _after(_BLAMED, WEAK)),
        _kind("numbered", rf"\s{{0,10}}\d{{1,5}}\) [a-z]\w{{2,20}} [^\n]{{1,400}} \({_ALIAS}\)\s*$", opens=LIKELY),
        _kind("where", rf"{_INDENT}[^\s:]{{1,300}}\.exs?:\d{{1,9}}\s*$", _after(("numbered",), SURE)),
        _kind(
            "detail",
            r"\s{0,20}(?:code|left|right|arguments|doctest|mailbox|value|pattern|hint):\s|\s{0,20}stacktrace:\s*$",
            _after((*_TEXT, *_BLAMED, *_DETAILS), LIKELY),
        ),
        _kind("asserted", r"\s{0,20}(?P<message>\S.*)", _after(("where",), WEAK)),
        _kind("more-detail", rf"(?!{_LOG_LINE})", _after(_DETAILS, WEAK)),
        _kind("message", rf"(?!{_LOG_LINE})", _after(_TEXT, WEAK)),
    )
)
"""a client's stack is none of the exception's"""
