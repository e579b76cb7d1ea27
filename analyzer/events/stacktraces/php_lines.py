"""The lines of PHP's stacks: what each may look like, and which may follow which.

A title that does not end with its place goes on in the next line: the place ends the message.
https://github.com/php/php-src/blob/master/Zend/zend_exceptions.c,
https://github.com/Seldaek/monolog/blob/main/src/Monolog/Formatter/LineFormatter.php,
https://github.com/xdebug/xdebug/blob/master/src/develop/stack.c
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import LineKind
from analyzer.events.stacktraces.php_marked_grammar import MarkedGrammar

TYPE = r"\\{0,2}[A-Za-z_\x80-\uffff][\w\\]{0,300}(?:@anonymous)?(?:\x00[^\s:]{0,300}(?::\d{1,9}\$\w{1,9})?)?"
_KNOWN_TYPE = (
    r"(?:\\?[A-Za-z_]\w{0,80}(?:\\{1,2}\w{1,80}){1,12}|\w{0,80}(?:Exception|Error)\w{0,40})(?:@anonymous)?"
    r"(?:\x00[^\s:]{0,300}(?::\d{1,9}\$\w{1,9})?)?"
)
_BEFORE = r"(?P<pre>(?:[^\n]{0,1500}?[\s:\]>\"'(|])?)"
_FILE_LINE = r"(?P<file>[^\n]{1,600}):(?P<line>\d{1,9})"
_SAID_AT = rf"(?>(?P<said>.*) in ){_FILE_LINE}\s*$"
_ENDS_AT = r"(?=(?>.* in )[^\n]{1,600}:\d{1,9}\s*$)"
_A_FILE = r"(?=[^\n]{0,600}?(?:[/\\]|\.php|\.inc))"
_ON_LINE = (
    r"(?:<b>)?(?P<file>[^\n<]{1,600}?)(?:</b>)? on line (?:<b>)?(?P<line>\d{1,9})(?:</b>)?"
    r"(?P<tail>(?:['\";,]|\\n|<br)[^\n]{0,4000})?\s*$"
)
_SAID_ON = rf"(?>(?P<said>.*) in ){_ON_LINE}"
_LEVEL = r"(?:<b>)?(?:(?:Recoverable |Catchable )?[Ff]atal error|Parse error)(?:</b>)?:\s{1,2}"
_UNCAUGHT_LEVEL = rf"(?:{_LEVEL}|(?:<b>)?Warning(?:</b>)?:\s{{1,2}})"
_LOGGED = rf"(?P<pre>[^\n]{{0,3000}}?)PHP (?:{_UNCAUGHT_LEVEL}(?P<uncaught>Uncaught )|{_LEVEL})"
_SHOWN_UNCAUGHT = rf"{_UNCAUGHT_LEVEL}(?P<uncaught>Uncaught )"
_SHOWN = rf"(?:{_SHOWN_UNCAUGHT}|{_LEVEL})"
_NEXT = rf"\s{{0,40}}Next (?=exception '|{TYPE}(?:: | in ))"
_CALL = r"(?P<call>(?:[^({\n]|\{[^}\n]{0,400}\}){1,600})"
_INSIDE = (
    r"(?:(?P<file>(?:(?:/|[A-Za-z]:[\\/]|[a-z]{2,12}://|Command line |Standard input |php shell )[^\n]{0,600}?)"
    r"|[\w.\\/@-]{1,300}(?: : [^\n]{1,40}?)?)\((?P<line>\d{1,9})\)|\[internal function\]): "
)
_FRAME = rf"\s{{0,40}}#\d{{1,9}} {_INSIDE}{_CALL}"
_PATH = r"(?P<file>(?:/|[A-Za-z]:[\\/]|phar:|vfs:)[^\n:]{1,500}(?::(?!\d)[^\n:]{1,200}){0,3}):(?P<line>\d{1,9})"
_OBJECT = rf"\[object\] \((?={TYPE}\()"
_OBJECT_END = r"(?P<rest>[^\n]*?:\d{1,9}\)[^\n]*)$"
_DATED = r"(?:\[[^\]\n]{1,60}\] )?"

_PLACED = ("uncaught", "shown", "next", "plain", "untyped", "said_end")
_OPEN = ("uncaught_open", "shown_open", "next_open", "said", "quoted")
_OPEN_TEXT = ("plain_open", "text")
_ON_A_LINE = ("fatal", "shown_fatal", "ended", "next_ended")
_OBJECTS = ("object", "previous", "object_end")
_OBJECTS_OPEN = ("object_open", "previous_open", "object_said")
_FRAMES = ("frame", "frame_open", "called", "more")
_BEFORE_FRAMES = (
    *("stack", "object_stack", "numbered", "plain", "drupal"),
    *(*_OPEN_TEXT, *_FRAMES, *_ON_A_LINE),
)
_UNIT = ("unit", "unit_said", "caused")
_CONSOLE = ("console", "boxed", "boxed_said")
COMPLETE = frozenset(("fatal", "shown_fatal", "ended", "drupal", "symfony", "object", "object_end"))
"""titles that need no stack"""
_CLASS_NAMES = ("Exception", "Error", "\\")
_LEVELS = ("atal error", "arse error", "arning:")
_MARKS = {
    **dict.fromkeys(("frame", "frame_open", "called", "main", "numbered"), ("#",)),
    **dict.fromkeys(("stack", "call_stack"), ("tack",)),
    "thrown": ("thrown in ",),
    "close": ('"',),
    "xframe": (". ",),
    **dict.fromkeys(("next", "next_ended", "next_open"), ("Next ",)),
    **dict.fromkeys(("previous", "previous_open"), ("[previous ",)),
    "object_end": (" at ",),
    "break": ("<br",),
    **dict.fromkeys(("said_end", "ended"), (" in ",)),
    **dict.fromkeys(("place", "at"), (":",)),
    "caused": ("Caused by",),
    "boxed": ("[",),
    "exception_trace": ("Exception trace:",),
    **dict.fromkeys(("uncaught", "fatal", "uncaught_open"), ("PHP ",)),
    **dict.fromkeys(("shown", "shown_fatal", "shown_open"), _LEVELS),
    **dict.fromkeys(("object", "object_open"), ("[object] (",)),
    **dict.fromkeys(("plain", "untyped"), (" in ",)),
    "object_stack": ("[stack",),
    "plain_open": _CLASS_NAMES,
    "warned": (" on line ",),
    "drupal": ("(line ",),
    "symfony": ("Uncaught PHP ",),
    "unit": ("::",),
    "console": (" line ",),
}
"""what a line of a kind holds at least one of"""
_ANY_MARK = ("tack", " line ", "PHP ", "[object] (", "Exception", "Error", "::", "arning:", " error", "\\")


def _may_open(line: str) -> bool:
    for mark in _ANY_MARK:
        if mark in line:
            return True
    return ("#" in line and line.lstrip()[:1] == "#") or (" in " in line and line.rstrip()[-1:].isdigit())


def _after(fit: int, *kinds: str) -> dict[str, int]:
    return dict.fromkeys(kinds, fit)


def _kind(name: str, pattern: str, after: dict[str, int] | None = None, *, opens: int = 0) -> LineKind:
    return LineKind(name=name, pattern=re.compile(pattern), opens=opens, after=after or {})


GRAMMAR = MarkedGrammar(
    (
        # -- the calls
        _kind("frame", rf"{_FRAME}(?=[^\n]*\)[\s\"]{{0,40}}$)", _after(SURE, *_BEFORE_FRAMES), opens=LIKELY),
        _kind("frame_open", _FRAME, _after(SURE, *_BEFORE_FRAMES), opens=LIKELY),
        _kind(
            "called",
            rf"\s{{0,40}}(?:<pre>)?#\d{{1,9}} {{1,4}}{_CALL}(?>.* called at )\[{_FILE_LINE}\]",
            _after(SURE, "stack", "numbered", "plain", *_FRAMES),
            opens=LIKELY,
        ),
        _kind(
            "main",
            r"\s{0,40}#\d{1,9} (?P<call>\{main\})[^\n]{0,4000}$",
            _after(SURE, *_BEFORE_FRAMES),
            opens=WEAK,
        ),
        _kind("thrown", rf"\s{{0,40}}thrown in {_ON_LINE}", _after(SURE, "main", "stack", *_FRAMES)),
        _kind("stack", r"\s{0,40}Stack trace:\s*$", _after(SURE, *_PLACED, *_ON_A_LINE, "symfony"), opens=LIKELY),
        _kind("object_stack", r"\s{0,40}\[stacktrace\]\s*$", _after(SURE, *_OBJECTS), opens=LIKELY),
        _kind("close", r"\s{0,40}\"(?:[,}\])]|$)[^\n]{0,4000}$", _after(SURE, "main", *_OBJECTS, *_FRAMES)),
        _kind(
            "call_stack",
            rf"{_DATED}(?:PHP Stack trace:|Call Stack:)\s*$",
            _after(SURE, "warned", "thrown", "again", "uncaught", "said_end", "main", *_ON_A_LINE),
            opens=LIKELY,
        ),
        _kind(
            "xframe",
            rf"{_DATED}(?:PHP|\s{{0,12}}\d{{1,9}}\.\d{{1,9}}\s{{1,12}}\d{{1,15}}) {{1,6}}\d{{1,6}}\. "
            rf"{_CALL}(?>.*\) ){_FILE_LINE}\s*$",
            _after(SURE, "call_stack", "xframe"),
        ),
        # -- titles that PHP itself prints
        _kind("uncaught", rf"{_LOGGED}{_SAID_AT}", opens=SURE),
        _kind("fatal", rf"{_LOGGED}{_SAID_ON}", opens=SURE),
        _kind("uncaught_open", rf"{_LOGGED}(?P<said>[^\n]*)$", opens=SURE),
        _kind(
            "shown",
            rf"{_SHOWN_UNCAUGHT}{_SAID_AT}",
            _after(SURE, "main", "thrown", "break", *_ON_A_LINE),
            opens=SURE,
        ),
        _kind("shown_fatal", rf"{_SHOWN}{_SAID_ON}", _after(SURE, "main", "thrown", "break", *_ON_A_LINE), opens=SURE),
        _kind(
            "shown_open",
            rf"{_SHOWN_UNCAUGHT}(?P<said>[^\n]*)$",
            _after(SURE, "main", "thrown", "break", *_ON_A_LINE),
            opens=SURE,
        ),
        _kind("break", r"<br />\s*$", _after(WEAK, "thrown", *_ON_A_LINE)),
        _kind("next", rf"{_NEXT}{_SAID_AT}", _after(SURE, "main", *_FRAMES)),
        _kind("next_ended", rf"{_NEXT}{_SAID_ON}", _after(SURE, "main")),
        _kind("next_open", rf"\s{{0,40}}Next (?=exception '|{TYPE}: )(?P<said>[^\n]*)$", _after(SURE, "main")),
        # -- titles that loggers and frameworks print
        _kind("object", rf"(?P<pre>[^\n]{{0,20000}}?){_OBJECT}{_OBJECT_END}", opens=SURE),
        _kind("object_open", rf"(?P<pre>[^\n]{{0,20000}}?){_OBJECT}(?P<rest>[^\n]*)$", opens=SURE),
        _kind(
            "previous",
            rf"\s{{0,40}}\[previous exception\] {_OBJECT}{_OBJECT_END}",
            _after(SURE, "main", *_OBJECTS, *_FRAMES),
        ),
        _kind(
            "previous_open",
            rf"\s{{0,40}}\[previous exception\] {_OBJECT}(?P<rest>[^\n]*)$",
            _after(SURE, "main", *_OBJECTS, *_FRAMES),
        ),
        _kind(
            "object_end",
            r"(?P<rest>(?>.* at )[^\n]{1,600}:\d{1,9}\)(?:\"[^\n]{0,4000})?)$",
            _after(LIKELY, *_OBJECTS_OPEN),
        ),
        _kind("object_said", r"[^\n]", _after(WEAK, *_OBJECTS_OPEN)),
        _kind(
            "drupal",
            rf"{_BEFORE}(?P<said>{_KNOWN_TYPE}: .*) in (?P<call>[^\s()]{{1,300}})\(\) \(line (?P<line>\d{{1,9}}) of "
            r"(?P<file>[^\n]{1,600}?)\)\.?(?P<tail>[\s<][^\n]{0,4000})?$",
            opens=SURE,
        ),
        _kind(
            "symfony",
            rf"(?P<pre>[^\n]{{0,3000}}?)Uncaught PHP Exception (?P<said>{TYPE}: (?>.* at ))(?P<file>[^\n]{{1,600}}?)"
            r" line (?P<line>\d{1,9})(?P<tail>\s[^\n]{0,4000})?$",
            opens=SURE,
        ),
        _kind("plain", rf"{_ENDS_AT}{_BEFORE}(?=exception '{TYPE}' with message '){_SAID_AT}", opens=LIKELY),
        _kind("plain", rf"{_ENDS_AT}{_BEFORE}(?={_KNOWN_TYPE}(?:: | in )){_SAID_AT}", opens=LIKELY),
        _kind("untyped", rf"(?P<pre>)(?>(?P<said>.*) in ){_A_FILE}{_FILE_LINE}\s*$", opens=WEAK),
        _kind("plain_open", rf"(?P<pre>)(?P<said>{_KNOWN_TYPE}: [^\n]*)$", opens=LIKELY),
        _kind("plain_open", rf"{_BEFORE}(?P<said>exception '{TYPE}' with message '[^\n]*)$", opens=WEAK),
        _kind("plain_open", rf"{_BEFORE}(?P<said>{_KNOWN_TYPE}: [^\n]*)$", opens=WEAK),
        _kind("numbered", rf"Exception #\d{{1,6}} \((?P<type>{TYPE})\): (?P<said>[^\n]*)$", opens=LIKELY),
        _kind(
            "warned", rf"{_DATED}(?:PHP )?[A-Z][a-z]{{2,20}}(?: [A-Z]?[a-z]{{2,20}})?:\s{{1,2}}{_SAID_ON}", opens=LIKELY
        ),
        # -- PHPUnit
        _kind(
            "unit",
            r"\s{0,4}\d{1,6}\) (?P<test>[A-Za-z_][\w\\]{0,200}::\w{1,200})"
            r"(?: with data set [^\n]{0,400}| \([^\n]{0,400}\))?\s*$",
            opens=LIKELY,
        ),
        _kind("place", rf"{_PATH}\s*$", _after(SURE, "place") | _after(LIKELY, *_UNIT)),
        _kind("caused", r"Caused by\s*$", _after(SURE, "place")),
        _kind("unit_said", rf"{_KNOWN_TYPE}: ", _after(LIKELY, *_UNIT)),
        _kind("unit_said", r"[^\n]", _after(WEAK, *_UNIT)),
        # -- the console of Symfony and Laravel
        _kind(
            "console",
            r"\s{0,20}In (?P<file>[^\n]{1,300}?) line (?P<line>\d{1,9}):\s*$",
            _after(SURE, "at", "boxed_said", "boxed"),
            opens=LIKELY,
        ),
        _kind("boxed", rf"\s{{0,20}}\[(?P<type>{TYPE})(?: \([^)\n]{{1,40}}\))?\]\s*$", _after(SURE, "console")),
        _kind("boxed_said", r"  \S[^\n]{0,4000}$|\S[^\n]{0,4000}?\s{2,2000}$", _after(LIKELY, *_CONSOLE)),
        _kind("exception_trace", r"\s{0,20}Exception trace:\s*$", _after(SURE, *_CONSOLE)),
        _kind(
            "at",
            rf"\s{{0,20}}(?:(?P<call>[^\s()][^()\n]{{0,400}})\(\) )?at {_FILE_LINE}\s*$",
            _after(SURE, "exception_trace", "at"),
        ),
        # -- the rest of messages, which may be anything
        _kind("ended", rf"(?P<pre>){_SAID_ON}", _after(LIKELY, *_OPEN, *_OPEN_TEXT)),
        _kind(
            "said_end",
            rf"(?P<pre>)(?>(?P<said>.*) in ){_A_FILE}{_FILE_LINE}\s*$",
            _after(LIKELY, *_OPEN, *_OPEN_TEXT, "said_end"),
        ),
        _kind(
            "quoted",
            rf"\s{{0,40}}(?:#\d{{1,9}} |Stack trace:|\[stacktrace\]|thrown in |(?:{_KNOWN_TYPE}): )",
            _after(LIKELY, *_OPEN),
        ),
        _kind("text", r"[^\n]", _after(WEAK, *_OPEN_TEXT)),
        _kind("said", r"[^\n]", _after(WEAK, *_OPEN)),
        _kind("more", r"[^\n]", _after(WEAK, "frame_open", "more")),
        _kind("again", rf"{_KNOWN_TYPE}: ", _after(LIKELY, "ended", "shown_fatal", "again")),
        _kind("again", r"[^\n]", _after(WEAK, "ended", "shown_fatal", "again")),
    ),
    marks=_MARKS,
    may_open=_may_open,
)
