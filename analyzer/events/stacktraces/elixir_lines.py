"""The lines of Elixir's stacks: what each may look like, and which may follow which.

`Exception.format/3` writes banner and frames, `Exception.format_exit/1` nests what made a process exit, Logger's
translator puts the report around them: https://hexdocs.pm/elixir/Exception.html#format/3 and
https://github.com/elixir-lang/elixir/blob/main/lib/logger/lib/logger/translator.ex
"""

from __future__ import annotations

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import LineGrammar, after, line_kind

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


_STACK = after(((*_TEXT, *_FRAMES, *_BLAMED, *_DETAILS), SURE))
_LED = ("report", "early", "numbered", "where")
_ENDS = after(((*_TEXT, *_FRAMES, *_BLAMED), SURE))

GRAMMAR = LineGrammar(
    (
        line_kind("inner", rf"{_INDENT}{_BANNER}{_SAID}", after((("raised", "exited"), SURE))),
        line_kind(
            "raised",
            rf"{_INDENT}\*\* (?:{_TYPE}|\((?P<bare>EXIT)\)){_RAISED}",
            after(((*_TEXT, *_LED), SURE)),
            opens=SURE,
        ),
        line_kind("exit", rf"{_INDENT}\*\* \((?P<type>EXIT)\){_SAID}", after((_TEXT, SURE)), opens=LIKELY),
        line_kind("banner", rf"{_INDENT}{_BANNER}{_SAID}", after((_LED, SURE)), opens=SURE),
        line_kind(
            "exited", rf"(?:{_LOGGED})?Application \w{{1,100}} exited: (?P<message>[^\n]{{1,2000}})", opens=LIKELY
        ),
        line_kind("logged", rf"{_LOGGED}{_BANNER}{_SAID}", opens=LIKELY),
        line_kind("told", rf"(?P<prefix>[^\n]{{1,400}}?(?<=[\s(])){_BANNER}{_SAID}", opens=WEAK),
        line_kind(
            "frame",
            rf"{_INDENT}{_APP}?(?:{_PLACE}|(?(app)|(?!))){_FUNCTION}",
            _STACK,
            opens=LIKELY,
        ),
        line_kind("called", rf"{_INDENT}{_CALLED}", _STACK),
        line_kind("report", rf"(?>(?:{_LOGGED})?{_ACTOR})[^\n]{{0,1000}}\b{_REPORTED}", opens=LIKELY),
        line_kind("early", rf"{_INDENT}(?:{_BEFORE})", after((("report", "early"), SURE))),
        line_kind(
            "client", r"Client \S{1,300} is alive\s*$|Current Stacktrace:\s*$", after((("tail", *_FRAMES), SURE))
        ),
        line_kind("client-frame", rf"{_INDENT}{_APP}?{_PLACE}?{_FUNCTION}", after((("client", "client-frame"), SURE))),
        line_kind("tail", rf"{_INDENT}(?:{_AFTER})", _ENDS),
        line_kind("tail", rf"{_INDENT}(?:{_LATER})", after((_TAIL, SURE))),
        line_kind(
            "dump",  # a term that is printed over several lines
            r"\s{1,200}+(?:[^\n]{1,4000}[\[{(,]|[\])}>]{1,20},?)\s*$|[\]}>)]{1,20}\s*$",
            after((("tail", "dump"), LIKELY)),
        ),
        line_kind(
            "blame",
            rf"{_INDENT}(?:The following arguments were given to \S|Attempted function clauses \(showing \d)",
            after(((*_TEXT, *_BLAMED), SURE)),
        ),
        line_kind("value", rf"(?!{_LOG_LINE})", after((_BLAMED, WEAK))),
        line_kind("numbered", rf"\s{{0,10}}\d{{1,5}}\) [a-z]\w{{2,20}} [^\n]{{1,400}} \({_ALIAS}\)\s*$", opens=LIKELY),
        line_kind("where", rf"{_INDENT}[^\s:]{{1,300}}\.exs?:\d{{1,9}}\s*$", after((("numbered",), SURE))),
        line_kind(
            "detail",
            r"\s{0,20}(?:code|left|right|arguments|doctest|mailbox|value|pattern|hint):\s|\s{0,20}stacktrace:\s*$",
            after(((*_TEXT, *_BLAMED, *_DETAILS), LIKELY)),
        ),
        line_kind("asserted", r"\s{0,20}(?P<message>\S.*)", after((("where",), WEAK))),
        line_kind("more-detail", rf"(?!{_LOG_LINE})", after((_DETAILS, WEAK))),
        line_kind("message", rf"(?!{_LOG_LINE})", after((_TEXT, WEAK))),
    )
)
"""a client's stack is none of the exception's"""
