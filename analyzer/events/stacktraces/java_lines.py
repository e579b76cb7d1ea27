"""The lines of JVM stacks: what each may look like, and which may follow which.

`Throwable.printStackTrace` writes title, frames, `... n more`, `Suppressed:` and `Caused by:`; loggers and Android add
their own. https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/lang/Throwable.html#printStackTrace()
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK, LineState, Move
from analyzer.events.stacktraces.line_grammar import after, line_kind
from analyzer.events.stacktraces.screened_grammar import ScreenedGrammar

_PART = r"[^\W\d][\w$]{0,100}+"
_NAMED_LIKE_ONE = r"(?:(?<=Exception)|(?<=Error)|(?<=Throwable)|(?<=Failure))"
_QUALIFIED = rf"(?![A-Z])(?>(?:{_PART}\.){{1,30}})[A-Z][\w$]{{0,200}}+"
"""packages begin with a small letter; .NET's namespaces with a capital"""
_SIMPLE = rf"[A-Z][\w$]{{0,200}}+{_NAMED_LIKE_ONE}"
_TYPE = rf"(?P<type>(?:{_QUALIFIED}|{_SIMPLE}))"
_ANY_TYPE = rf"(?P<type>(?>(?:{_PART}\.){{1,30}}){_PART}|[A-Z][\w$]{{0,200}}+)"
_EVIDENT_TYPE = rf"(?P<type>(?![A-Z]\w{{0,100}}\.)(?>(?:{_PART}\.){{0,30}})[\w$]{{1,200}}+{_NAMED_LIKE_ONE})"
_WORDS = r"(?:\S{1,300}+\s{1,20}+){1,40}?(?:[\w.-]{1,40}=)?[\"'(\[]{0,2}"
_HASH = r"(?:<#\w{1,20}> )?"
_MESSAGE = r"(?:\([\w.$]{1,200}\))?(?:: (?P<message>.*)|:?\s*$)"
"""after a type; Hadoop names the remote class in parentheses"""
_INDENT = r"(?P<indent>\s{0,200}+)"
_JAR = r"\s{0,4}(?:~?\[[^\]\n]{0,300}\])?(?:\s?<\d{1,6} internal (?:lines|calls)>)?\s*$"
_FUNCTION = r"(?>(?:[^\s()/$]{0,100}+/){0,3})(?P<function>[^\s().]{1,200}\.[^\s()]{0,600}+)"
"""`loader/module@version/` is not a part of it; a hidden class has its `/` after a `$`"""
_EXTENSION = r"\.(?:java|kts?|scala|sc|groovy|gradle|cljc?|ceylon|xtend|jsp|rb)"
_OTHER_LANGUAGES = r"\.(?:[cm]?[jt]sx?|vue|cs|fs|vb|py|dart|lua|php|go|swift|rs|cpp|cc|c|h):"
_PLACE = (
    r"(?:[\w.-]{1,100}@[\w.+-]{1,60}/)?(?:Native Method|Unknown Source(?::(?P<nowhere>\d{1,9}))?"
    r"|(?P<file><\w[\w ]{0,40}>|(?![^():\n]{0,300}?" + _OTHER_LANGUAGES + r")[^\s():]{1,300}):(?P<line>-?\d{1,9})"
    rf"|(?P<bare><generated>|[^\s():]{{1,300}}?{_EXTENSION}|SourceFile|Proguard|\w{{2,3}}\$\$SyntheticClass))"
)
_LOG_LINE = (
    r"(?:\[?\d{4}[-/.]\d\d[-/.]\d\d[ T]|\[?\d\d[:/]\d\d[:/]\d\d|[A-Z][a-z]{2} \d\d?, \d{4} \d"
    r"|\[?\d\d-[A-Z][a-z]{2}-\d{4} "
    r"|\[?(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|FATAL|CRITICAL)\b)"
)
_OTHER_FRAME = r"\s{0,200}+(?:at [^\n]{1,2000}\)\s*$|File \"|#\d{1,4} )"
"""of a language that is not read here: no message quotes those, but its stack may follow what looks like our title"""

_STACK_LIKE = (
    r"(?=\s{0,40}(?:at [\w$./@<-]|\.\.\. \d|Caused by: |Suppressed: |Wrapped by: |Exception in thread "
    rf"|{_QUALIFIED}(?::|\s*$)))"
)
_LINE_PREFIX = re.compile(
    # logcat: brief, tag, time, threadtime, and both of Android Studio
    r"(?:(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,6}:?\s{1,5})(?:\d{1,7}[ -]{1,7}\d{1,7}(?:/\S{1,100})?\s{1,8})?"
    r"(?:[VDIWEFA][/ ][\w.$-]{1,60}\s{0,20}(?:\(\s{0,6}\d{1,7}\))?: ?"
    r"|[\w.$-]{1,60}\s{1,40}[\w.?]{1,100}\s{1,40}[VDIWEFA]  )"
    r"|[VDIWEFA]/[\w.$-]{1,60}\s{0,20}(?:\(\s{0,6}\d{1,7}\))?: ?"
    # sbt, Maven and Gradle; Docker Compose; syslog; a server that logs what it finds on stderr; a collector's time
    r"|(?:\[(?i:error|warn|info|debug)\]\s|[A-Za-z][\w.-]{0,60}\s{1,30}\|\s"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,80} [\w./-]{1,60}(?:\[\d{1,9}\])?: "
    r"|(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d,\d{3} [A-Z]{3,7}\s{1,3}\[(?:stderr|stdout|STDERR|STDOUT)\] \([^)\n]{1,80}\) "
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]\d{1,9}(?:Z| ?[+-]\d\d:?\d\d)(?: std(?:out|err) [FP])?\s"
    # WebSphere's SystemErr
    r"|\[\d\d?/\d\d?/\d\d(?:\d\d)? [^\]\n]{1,40}\] [0-9a-f]{8} \w{1,40}\s{1,20}[A-Z]\s{1,4})"
    rf"{_STACK_LIKE}",
)
_PREFIXED = frozenset("0123456789[")

TITLES = ("thrown", "title", "coded", "logged", "told", "odd")
HEADS = (*TITLES, "caused", "suppressed", "wrapped")
_GOING_ON = (*HEADS, "message", "nested", "quoted", "frame", "named", "guest", "loose", "more", "boundary", "driver")


_FRAMES = after((("thread", "state", "fatal", "lock", *_GOING_ON), SURE))
_REST = after(((*_GOING_ON, "circular", "announced"), SURE))

_SHOWS_ITS_BEGINNING = re.compile(
    r"\s{0,200}+(?:at |Caused by: |Suppressed: |Wrapped by: |\*\*\* F|FATAL |\"|\["
    r"|(?>(?:[\w$]{1,200}+\.){0,30})[\w$]{1,200}+(?::|\s*$|\())"
)


def _may_open(line: str) -> bool:
    """A cheap test that no opening line fails: most lines of a log do, and are tried no further."""
    return "xception" in line or "rror" in line or _SHOWS_ITS_BEGINNING.match(line) is not None


_HEADS_OF_LINES = frozenset(
    ("at", "..", "Ca", "Su", "Wr", "[C", "- ", "Lo", "(C", "\x08\x08", "Dr", "ne", "Pr", "PI", "ja")
)


def _may_go_on(line: str) -> bool:
    return line.lstrip()[:2] in _HEADS_OF_LINES


GRAMMAR = ScreenedGrammar(
    (
        line_kind("frame", rf"\s{{0,200}}+at {_FUNCTION}\({_PLACE}\){_JAR}", _FRAMES, opens=LIKELY),
        line_kind(
            "title",
            rf"{_INDENT}(?:Caught: )?{_HASH}{_TYPE}{_MESSAGE}",
            after((("fatal", "process"), SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "more",
            r"\s{0,200}+\.\.\. (?:\d{1,9} (?:more|(?:\w{1,20} ){0,3}(?:frames?|lines?|elided)\b.{0,80})"
            r"|suppressed \d{1,9} lines)\s*$",
            _FRAMES,
        ),
        line_kind("circular", rf"{_INDENT}(?:(?:Caused|Wrapped) by: |Suppressed: )?\[CIRCULAR REFERENCE: ?", _REST),
        line_kind(
            "caused",
            rf"{_INDENT}Caused by: {_HASH}(?:\[[^\]\n]{{0,200}}\]\s)?{_ANY_TYPE}(?:{_MESSAGE}|\[(?P<coded>.*))",
            _REST,
            opens=LIKELY,
        ),
        line_kind("suppressed", rf"{_INDENT}Suppressed: {_HASH}{_ANY_TYPE}{_MESSAGE}", _REST, opens=LIKELY),
        line_kind("wrapped", rf"{_INDENT}Wrapped by: {_HASH}{_ANY_TYPE}{_MESSAGE}", _REST, opens=LIKELY),
        line_kind(
            "thrown",
            rf"{_INDENT}(?:(?:== Java Exception: |Exception in thread (?:\"[^\n]{{0,300}}?\"|\S{{1,100}}) ){_ANY_TYPE}"
            rf"{_MESSAGE}|Exception: (?P<died>{_QUALIFIED}) thrown from the UncaughtExceptionHandler in thread )",
            opens=SURE,
        ),
        line_kind(
            "state",
            r"\s{0,40}java\.lang\.Thread\.State: [A-Z_]{3,20}\b",
            after((("thread",), SURE)),
            opens=SURE,
        ),
        line_kind("lock", r"\s{0,40}(?:- (?:locked|waiting|parking|eliminated|None\b)|Locked \w)", _FRAMES),
        line_kind(
            "named",  # Kotlin, Scala and Groovy allow blanks in a name
            rf"\s{{0,200}}+at (?P<function>[^\s().]{{1,200}}\.[^\n]{{1,400}}?)"
            rf"\((?P<file>[\w$.-]{{1,100}}\.(?:kt|scala|groovy)):(?P<line>\d{{1,9}})\){_JAR}",
            _FRAMES,
            opens=LIKELY,
        ),
        line_kind(
            "guest",  # GraalVM: frames of a language that runs on the JVM
            r"\s{0,200}+at <\w{1,20}> (?P<function>[^\n()]{1,300})"
            r"\((?P<file>[^\n()]{1,300}?)(?::(?P<line>\d{1,9})(?::[\d-]{1,20})?)?\)\s*$",
            after((("frame", "guest", *HEADS), SURE)),
        ),
        line_kind(
            "announced", rf"{_INDENT}(?:(?:Caused|Wrapped) by|Suppressed):?\s*$", after((("frame", "more"), SURE))
        ),
        line_kind("boundary", r"\s{0,40}(?:at )?[\x08 ]{0,10}\(Coroutine boundary|\s{0,40}at \x08", _FRAMES),
        line_kind("driver", r"Driver stacktrace:\s*$", after((("frame", "more", "message"), SURE))),
        line_kind("nested", r"\s{0,40}nested exception is:?\s*$", after(((*HEADS, "message", "quoted"), LIKELY))),
        line_kind("quoted", rf"\s{{0,40}}{_TYPE}{_MESSAGE}", after((("nested",), SURE))),
        line_kind("thread", r'"[^\n"]{0,300}" (?:#\d|[^\n]{0,200}?\b(?:prio|tid|nid|Id)=\w|daemon )', opens=LIKELY),
        line_kind("fatal", r"\s{0,20}(?:\*\*\* )?FATAL EXCEPTION(?: IN SYSTEM PROCESS)?: ", opens=LIKELY),
        line_kind(
            "process", r"\s{0,20}(?:Process|PID): [\w.:]{1,200}(?:, PID: \d{1,9})?\s*$", after((("fatal",), SURE))
        ),
        line_kind(
            "coded",  # Elasticsearch: `[index] Type[message]`
            r"\s{0,40}(?:\[[^\]\n]{0,200}\]\s?){0,4}"
            rf"(?P<type>[A-Z][\w$]{{0,200}}+{_NAMED_LIKE_ONE})\[(?P<coded>.*)",
            opens=LIKELY,
        ),
        line_kind("logged", rf"(?={_LOG_LINE}){_WORDS}{_EVIDENT_TYPE}{_MESSAGE}", opens=LIKELY),
        line_kind("told", rf"\s{{0,20}}+{_WORDS}{_EVIDENT_TYPE}{_MESSAGE}", opens=WEAK),
        line_kind("odd", rf"(?P<type>(?:[a-z]\w{{0,2}}\.){{1,8}}[a-z]\w{{0,2}}){_MESSAGE}", opens=WEAK),  # obfuscated
        line_kind(
            "loose",  # cut off, or mangled on its way
            r"\s{0,200}+at (?P<function>[^\s().]{1,200}\.[^\s():]{1,600}+)"
            r"(?:\([^\s()]{0,200}|:(?P<line>\d{1,9})\))?\s*$",
            after((("title", "coded", "logged", "thrown", "loose", "frame", "more", "caused"), LIKELY)),
        ),
        line_kind(
            "message", rf"(?!{_LOG_LINE}|{_OTHER_FRAME})", after(((*HEADS, "message", "nested", "quoted"), WEAK))
        ),
    ),
    may_open=_may_open,
    may_go_on=_may_go_on,
    unmarked=("title", "quoted", "message"),
)


def bare(line: str) -> str:
    """The line without what a collector or a build tool puts in front of every line."""
    if "#011" in line:  # rsyslog's tab
        line = line.replace("#011", "\t")
    if line[:1] in _PREFIXED or line[1:2] == "/" or " | " in line[:100] or (line[3:4] == " " and line[:1].isupper()):
        found = _LINE_PREFIX.match(line)
        if found:
            return line[found.end() :]
    return line


def looks_logged(line: str) -> bool:
    """True for a line with a logger's time or level in front."""
    return _IS_LOG_LINE.match(line) is not None


_IS_LOG_LINE = re.compile(_LOG_LINE)


def begin(line: str) -> Move | None:
    """The state after a line that opens a stack by itself."""
    return GRAMMAR.begin(bare(line))


def step(state: LineState, line: str) -> Move | None:
    """The state after a line that goes on with an open stack."""
    return GRAMMAR.step(state, bare(line))
