"""The lines of .NET stacks: what each may look like, and which may follow which.

`Exception.ToString` writes the title, the inner exception behind an arrow, its frames, an end marker, then its own
frames; .NET Framework and Mono put the arrow on the line of the title, .NET Core on a line of its own.
https://github.com/dotnet/runtime/blob/main/src/libraries/System.Private.CoreLib/src/System/Exception.cs
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import after, line_kind
from analyzer.events.stacktraces.screened_grammar import ScreenedGrammar

_PART = r"[^\W\d]\w{0,100}+"
_GENERIC = r"(?:`\d{1,3})?(?:\[[^\]\n]{0,300}\]{1,2})?"
_NO_PACKAGE = (
    r"(?!(?:javax?|jakarta|jdk|sun|com|org|net|io|kotlinx?|scala|akka|play|groovy|clojure|androidx?|reactor|edu|dev)\.)"
)
"""Java's packages"""
_QUALIFIED = rf"{_NO_PACKAGE}(?>(?:{_PART}(?:`\d{{1,3}})?[.+]){{1,30}})[A-Z]\w{{0,200}}+"
_ENDS_LIKE_ONE = r"(?:(?<=Exception)|(?<=Error))"
_SIMPLE = rf"[A-Z]\w{{0,200}}+{_ENDS_LIKE_ONE}"
_TYPE = rf"(?P<type>(?:{_QUALIFIED}|{_SIMPLE}){_GENERIC})"
_EVIDENT_TYPE = (
    rf"(?P<type>{_NO_PACKAGE}(?>(?:{_PART}(?:`\d{{1,3}})?[.+]){{0,30}})\w{{1,200}}+{_ENDS_LIKE_ONE}{_GENERIC})"
)
_WORDS = r"(?:\S{1,300}+\s{1,20}+){1,40}?(?:[\w.-]{1,40}=)?[\"'(\[]{0,2}"
_CODE = r"(?: \((?:0x[0-9A-Fa-f]{1,16}|-?\d{1,12})(?:, [^()\n]{1,80})?\))?"
"""`ExternalException` prints its number between type and colon"""
_REST = rf"{_CODE}(?:: ?(?P<message>.*)|\s*(?P<tail><---[<-]*)?\s*$|(?=\s--->\s))"
_LOG_LINE = (
    r"(?:\[?\d{4}[-/.]\d\d[-/.]\d\d[ T]|\[?\d\d[:/]\d\d[:/]\d\d|(?:trce|dbug|info|warn|fail|crit): "
    r"|\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)\b)"
)
_OTHER_FRAME = r"\s{0,200}+(?:at [^\n]{1,2000}\)\s*$|File \"|#\d{1,4} )"
"""of a language that is not read here: its stack may follow what looks like our title"""
_AT = "(?:à|в|bei|en|em|in|w|v|vid|ved|bij|kohteessa|konum:|hely:|a következő helyen:|σε|在|於|场所|場所|위치:)"
"""what the runtime says for `at`"""
_WORD = r"[^\W\d_]{1,12}+:?"
"""`at`, `in`, `line` in the language of the machine"""
_FUNCTION = (
    r"(?:\(wrapper [\w-]{1,40}\) )?(?P<function>(?:[^\s()]{1,300}+ ){0,4}?"
    r"(?:[^\s().:]{0,500}+[.:][^\s()]{1,1000}+|lambda_method\w{0,10})(?: [^\s()]{1,300}+){0,4}) ?"
)
_ANY_ARGUMENTS = (
    r"\([^()\n]{0,2000}+(?>(?:\([^()\n]{0,500}+\)[^()\n]{0,500}+){0,10})\)"
    r"(?:\+[^\s()]{0,200}\([^()\n]{0,200}\)(?: => \{ \})?)?"
)
_ARGUMENTS = (
    r"\((?:\s{0,4}|(?!Native Method|Unknown Source|unknown location|native code)"
    r"(?=[^(),\n]{0,2000}+,|[\w.`<>\[\]&*+?@]{1,300}+ [^\W\d]?\w{0,100}+\s{0,4}\)"
    r"|(?:(?:[A-Z]\w{0,100}+[.+]){1,20}[A-Z]\w{0,100}|String|Object|Boolean|Byte|Char|U?Int(?:16|32|64|Ptr)|Single|Double)"
    r"[`\[\]&*?\d]{0,20}\s{0,4}\))"
    r"(?![^():\n]{0,2000}+:\d)[^()\n/]{1,2000}+)\)"
)
_OFFSET = r"(?: \[0x[0-9a-fA-F]{1,16}\]| <0x[0-9a-fA-F]{1,16}(?: \+ 0x[0-9a-fA-F]{1,16})?>| \+ 0x[0-9a-fA-F]{1,16})"
_CLOSE = r"\s{0,4}[.。]?\s{0,4}(?P<close>(?:<---){0,40})\s*$"


def _place(within: str, line: str = f"(?:{_WORD})?") -> str:
    return rf" {within} (?P<file><[^>\n]{{1,300}}>|[^\n]{{1,1000}}):\s?{line} ?(?P<line>\d{{1,9}})"


_LOCATION = rf"(?= (?:\[0x|<0x|\+ 0x|in )){_OFFSET}?(?:{_place('in')})?"
HEADS = ("unhandled", "title", "logged", "told", "inner", "member")
STARTS = ("preamble", "fatal", "unhandled", "title", "logged", "told")
FRAMES = ("frame", "located", "system", "local", "unity")
_MESSAGES = (*HEADS, "message", "arrow")
_LOCAL = ("title", "unhandled", "inner", "member", "message", "local", "inner_end", "previous_end", "close")
_ALL = (*_MESSAGES, *FRAMES, "fatal", "inner_end", "previous_end", "close", "closing", "remote", "repeat")


_SHOWS_ITS_BEGINNING = re.compile(
    r"\s{0,200}+(?:at |--- |---> |[^\W\d_]{1,12}+:? [^\s()]{1,300}+ ?\(|[^\s()]{1,300}+ ?\([^()\n]{0,500}+\) \(at "
    r"|(?>(?:\w{1,200}+[.+]){0,30})\w{1,200}+(?::|\s*$|[`\[(]| \(| --->)|Process |Stack overflow)"
)


def _may_open(line: str) -> bool:
    """A cheap test that no opening line fails: most lines of a log do, and are tried no further."""
    return "xception" in line or "rror" in line or _SHOWS_ITS_BEGINNING.match(line) is not None


def _may_go_on(line: str) -> bool:
    return "(" in line or "--" in line or "tack trace:" in line or "Repeat " in line or "rethrown" in line


GRAMMAR = ScreenedGrammar(
    (
        line_kind(
            "frame",
            rf"\s{{0,200}}+at {_FUNCTION}(?:{_ANY_ARGUMENTS}{_LOCATION}|{_ARGUMENTS}){_CLOSE}",
            after((_ALL, SURE)),
        ),
        line_kind("title", rf"\s{{0,200}}+{_TYPE}{_REST}", after((("preamble",), SURE)), opens=LIKELY),
        line_kind("located", rf"\s{{0,200}}+at {_FUNCTION}{_ANY_ARGUMENTS}{_LOCATION}{_CLOSE}", opens=LIKELY),
        line_kind("system", rf"\s{{0,200}}+at (?=(?:System|Microsoft)\.){_FUNCTION}{_ARGUMENTS}{_CLOSE}", opens=LIKELY),
        line_kind(
            "member",
            rf"\s{{0,200}}+---> \(Inner Exception #(?P<number>\d{{1,9}})\) {_TYPE}{_REST}",
            after((_ALL, SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "inner", rf"\s{{0,200}}+---> {_TYPE}{_REST}", after(((*_MESSAGES, "close", "closing"), SURE)), opens=LIKELY
        ),
        line_kind(
            "inner_end",
            r"\s{0,200}+--- [^\n]{0,100}?(?:inner |intern|внутренн|内部|內部|내부)[^\n]{0,200}? ---\s*$",
            after((_ALL, SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "previous_end",
            r"\s{0,200}+--- End of stack trace from previous location [^\n]{0,60}?---\s*$",
            after((_ALL, SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "previous_end",
            r"\s{0,200}+--- (?:Fin|Fine|Ende|Fim|Final|Koniec|Konec|Slut|Einde|[^\x00-\x7f])[^\n]{8,200}? ---\s*$",
            after(((*FRAMES, "previous_end"), SURE)),
        ),
        line_kind(
            "unity",
            r"\s{0,40}(?P<function>[^\W\d][\w.:+`<>\[\]|]{1,300}+) ?\([^()\n]{0,500}\) "
            r"\(at (?P<file>[^\n:]{1,300}):(?P<line>\d{1,9})\)\s*$",
            after((_ALL, SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "local",
            rf"\s{{0,200}}+{_AT} {_FUNCTION}{_ANY_ARGUMENTS}{_OFFSET}?{_place(_WORD, _WORD)}{_CLOSE}",
            after((_ALL, SURE)),
            opens=LIKELY,
        ),
        line_kind("local", rf"\s{{0,200}}+{_AT} {_FUNCTION}{_ARGUMENTS}{_CLOSE}", after((_LOCAL, SURE))),
        line_kind("close", r"\s{0,200}+(?P<close>(?:<---){1,40})\s*$", after((_ALL, SURE))),
        line_kind(
            "remote", r"\s{0,40}(?:Server stack trace:|Exception rethrown at \[\d{1,4}\]:)\s*$", after((_ALL, SURE))
        ),
        line_kind("repeat", r"(?:Repeat \d{1,9} times:|-{20,60})\s*$", after((("fatal", "repeat", *FRAMES), SURE))),
        line_kind("preamble", r"\s{0,40}Unhandled Exception:\s*$", opens=LIKELY),
        line_kind(
            "unhandled",
            r"\s{0,40}(?:Unhandled [Ee]xception[.:] |\[ERROR\] FATAL UNHANDLED EXCEPTION: |Fatal error\. )"
            rf"{_TYPE}{_REST}",
            opens=SURE,
        ),
        line_kind(
            "fatal",
            r"(?:Process terminated\.|Fatal error\.|Stack overflow\.|Process is terminating due to Stack)",
            opens=LIKELY,
        ),
        line_kind("logged", rf"(?={_LOG_LINE}){_WORDS}{_EVIDENT_TYPE}{_REST}", opens=LIKELY),
        line_kind("told", rf"\s{{0,20}}+{_WORDS}{_EVIDENT_TYPE}{_REST}", opens=WEAK),
        line_kind(
            "arrow",
            rf"(?=.{{0,4000}}?\s---> (?:{_QUALIFIED}|{_SIMPLE}){_GENERIC}{_CODE}(?::|\s*$|\s--->))",
            after((_MESSAGES, SURE)),
        ),
        line_kind("closing", r"(?=[^\n]{0,4000}<---\s*$)", after((_MESSAGES, LIKELY))),
        line_kind("message", rf"(?!{_LOG_LINE}|{_OTHER_FRAME})", after(((*_MESSAGES, "fatal"), WEAK))),
    ),
    may_open=_may_open,
    may_go_on=_may_go_on,
    unmarked=("title", "message"),
)


ARROW = re.compile(rf"\s---> (?=(?:{_QUALIFIED}|{_SIMPLE}){_GENERIC}{_CODE}(?::|\s*$|\s--->))")
"""between a message and what follows of it on the same line"""
INNER = re.compile(rf"{_TYPE}{_CODE}(?:: ?)?")
"""a type and what leads to its message"""
