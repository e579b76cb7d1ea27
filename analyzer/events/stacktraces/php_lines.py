"""The lines of PHP's stacks: what each may look like, and which may follow which.

A title that does not end with its place goes on in the next line: the place ends the message.
https://github.com/php/php-src/blob/master/Zend/zend_exceptions.c,
https://github.com/Seldaek/monolog/blob/main/src/Monolog/Formatter/LineFormatter.php,
https://github.com/xdebug/xdebug/blob/master/src/develop/stack.c
"""

from __future__ import annotations

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import after, line_kind
from analyzer.events.stacktraces.marked_grammar import MarkedGrammar

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


GRAMMAR = MarkedGrammar(
    (
        # -- the calls
        line_kind("frame", rf"{_FRAME}(?=[^\n]*\)[\s\"]{{0,40}}$)", after((_BEFORE_FRAMES, SURE)), opens=LIKELY),
        line_kind("frame_open", _FRAME, after((_BEFORE_FRAMES, SURE)), opens=LIKELY),
        line_kind(
            "called",
            rf"\s{{0,40}}(?:<pre>)?#\d{{1,9}} {{1,4}}{_CALL}(?>.* called at )\[{_FILE_LINE}\]",
            after((("stack", "numbered", "plain", *_FRAMES), SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "main",
            r"\s{0,40}#\d{1,9} (?P<call>\{main\})[^\n]{0,4000}$",
            after((_BEFORE_FRAMES, SURE)),
            opens=WEAK,
        ),
        line_kind("thrown", rf"\s{{0,40}}thrown in {_ON_LINE}", after((("main", "stack", *_FRAMES), SURE))),
        line_kind(
            "stack", r"\s{0,40}Stack trace:\s*$", after(((*_PLACED, *_ON_A_LINE, "symfony"), SURE)), opens=LIKELY
        ),
        line_kind("object_stack", r"\s{0,40}\[stacktrace\]\s*$", after((_OBJECTS, SURE)), opens=LIKELY),
        line_kind("close", r"\s{0,40}\"(?:[,}\])]|$)[^\n]{0,4000}$", after((("main", *_OBJECTS, *_FRAMES), SURE))),
        line_kind(
            "call_stack",
            rf"{_DATED}(?:PHP Stack trace:|Call Stack:)\s*$",
            after((("warned", "thrown", "again", "uncaught", "said_end", "main", *_ON_A_LINE), SURE)),
            opens=LIKELY,
        ),
        line_kind(
            "xframe",
            rf"{_DATED}(?:PHP|\s{{0,12}}\d{{1,9}}\.\d{{1,9}}\s{{1,12}}\d{{1,15}}) {{1,6}}\d{{1,6}}\. "
            rf"{_CALL}(?>.*\) ){_FILE_LINE}\s*$",
            after((("call_stack", "xframe"), SURE)),
        ),
        # -- titles that PHP itself prints
        line_kind("uncaught", rf"{_LOGGED}{_SAID_AT}", opens=SURE),
        line_kind("fatal", rf"{_LOGGED}{_SAID_ON}", opens=SURE),
        line_kind("uncaught_open", rf"{_LOGGED}(?P<said>[^\n]*)$", opens=SURE),
        line_kind(
            "shown",
            rf"{_SHOWN_UNCAUGHT}{_SAID_AT}",
            after((("main", "thrown", "break", *_ON_A_LINE), SURE)),
            opens=SURE,
        ),
        line_kind(
            "shown_fatal", rf"{_SHOWN}{_SAID_ON}", after((("main", "thrown", "break", *_ON_A_LINE), SURE)), opens=SURE
        ),
        line_kind(
            "shown_open",
            rf"{_SHOWN_UNCAUGHT}(?P<said>[^\n]*)$",
            after((("main", "thrown", "break", *_ON_A_LINE), SURE)),
            opens=SURE,
        ),
        line_kind("break", r"<br />\s*$", after((("thrown", *_ON_A_LINE), WEAK))),
        line_kind("next", rf"{_NEXT}{_SAID_AT}", after((("main", *_FRAMES), SURE))),
        line_kind("next_ended", rf"{_NEXT}{_SAID_ON}", after((("main",), SURE))),
        line_kind("next_open", rf"\s{{0,40}}Next (?=exception '|{TYPE}: )(?P<said>[^\n]*)$", after((("main",), SURE))),
        # -- titles that loggers and frameworks print
        line_kind("object", rf"(?P<pre>[^\n]{{0,20000}}?){_OBJECT}{_OBJECT_END}", opens=SURE),
        line_kind("object_open", rf"(?P<pre>[^\n]{{0,20000}}?){_OBJECT}(?P<rest>[^\n]*)$", opens=SURE),
        line_kind(
            "previous",
            rf"\s{{0,40}}\[previous exception\] {_OBJECT}{_OBJECT_END}",
            after((("main", *_OBJECTS, *_FRAMES), SURE)),
        ),
        line_kind(
            "previous_open",
            rf"\s{{0,40}}\[previous exception\] {_OBJECT}(?P<rest>[^\n]*)$",
            after((("main", *_OBJECTS, *_FRAMES), SURE)),
        ),
        line_kind(
            "object_end",
            r"(?P<rest>(?>.* at )[^\n]{1,600}:\d{1,9}\)(?:\"[^\n]{0,4000})?)$",
            after((_OBJECTS_OPEN, LIKELY)),
        ),
        line_kind("object_said", r"[^\n]", after((_OBJECTS_OPEN, WEAK))),
        line_kind(
            "drupal",
            rf"{_BEFORE}(?P<said>{_KNOWN_TYPE}: .*) in (?P<call>[^\s()]{{1,300}})\(\) \(line (?P<line>\d{{1,9}}) of "
            r"(?P<file>[^\n]{1,600}?)\)\.?(?P<tail>[\s<][^\n]{0,4000})?$",
            opens=SURE,
        ),
        line_kind(
            "symfony",
            rf"(?P<pre>[^\n]{{0,3000}}?)Uncaught PHP Exception (?P<said>{TYPE}: (?>.* at ))(?P<file>[^\n]{{1,600}}?)"
            r" line (?P<line>\d{1,9})(?P<tail>\s[^\n]{0,4000})?$",
            opens=SURE,
        ),
        line_kind("plain", rf"{_ENDS_AT}{_BEFORE}(?=exception '{TYPE}' with message '){_SAID_AT}", opens=LIKELY),
        line_kind("plain", rf"{_ENDS_AT}{_BEFORE}(?={_KNOWN_TYPE}(?:: | in )){_SAID_AT}", opens=LIKELY),
        line_kind("untyped", rf"(?P<pre>)(?>(?P<said>.*) in ){_A_FILE}{_FILE_LINE}\s*$", opens=WEAK),
        line_kind("plain_open", rf"(?P<pre>)(?P<said>{_KNOWN_TYPE}: [^\n]*)$", opens=LIKELY),
        line_kind("plain_open", rf"{_BEFORE}(?P<said>exception '{TYPE}' with message '[^\n]*)$", opens=WEAK),
        line_kind("plain_open", rf"{_BEFORE}(?P<said>{_KNOWN_TYPE}: [^\n]*)$", opens=WEAK),
        line_kind("numbered", rf"Exception #\d{{1,6}} \((?P<type>{TYPE})\): (?P<said>[^\n]*)$", opens=LIKELY),
        line_kind(
            "warned", rf"{_DATED}(?:PHP )?[A-Z][a-z]{{2,20}}(?: [A-Z]?[a-z]{{2,20}})?:\s{{1,2}}{_SAID_ON}", opens=LIKELY
        ),
        # -- PHPUnit
        line_kind(
            "unit",
            r"\s{0,4}\d{1,6}\) (?P<test>[A-Za-z_][\w\\]{0,200}::\w{1,200})"
            r"(?: with data set [^\n]{0,400}| \([^\n]{0,400}\))?\s*$",
            opens=LIKELY,
        ),
        line_kind("place", rf"{_PATH}\s*$", after((("place",), SURE)) | after((_UNIT, LIKELY))),
        line_kind("caused", r"Caused by\s*$", after((("place",), SURE))),
        line_kind("unit_said", rf"{_KNOWN_TYPE}: ", after((_UNIT, LIKELY))),
        line_kind("unit_said", r"[^\n]", after((_UNIT, WEAK))),
        # -- the console of Symfony and Laravel
        line_kind(
            "console",
            r"\s{0,20}In (?P<file>[^\n]{1,300}?) line (?P<line>\d{1,9}):\s*$",
            after((("at", "boxed_said", "boxed"), SURE)),
            opens=LIKELY,
        ),
        line_kind("boxed", rf"\s{{0,20}}\[(?P<type>{TYPE})(?: \([^)\n]{{1,40}}\))?\]\s*$", after((("console",), SURE))),
        line_kind("boxed_said", r"  \S[^\n]{0,4000}$|\S[^\n]{0,4000}?\s{2,2000}$", after((_CONSOLE, LIKELY))),
        line_kind("exception_trace", r"\s{0,20}Exception trace:\s*$", after((_CONSOLE, SURE))),
        line_kind(
            "at",
            rf"\s{{0,20}}(?:(?P<call>[^\s()][^()\n]{{0,400}})\(\) )?at {_FILE_LINE}\s*$",
            after((("exception_trace", "at"), SURE)),
        ),
        # -- the rest of messages, which may be anything
        line_kind("ended", rf"(?P<pre>){_SAID_ON}", after(((*_OPEN, *_OPEN_TEXT), LIKELY))),
        line_kind(
            "said_end",
            rf"(?P<pre>)(?>(?P<said>.*) in ){_A_FILE}{_FILE_LINE}\s*$",
            after(((*_OPEN, *_OPEN_TEXT, "said_end"), LIKELY)),
        ),
        line_kind(
            "quoted",
            rf"\s{{0,40}}(?:#\d{{1,9}} |Stack trace:|\[stacktrace\]|thrown in |(?:{_KNOWN_TYPE}): )",
            after((_OPEN, LIKELY)),
        ),
        line_kind("text", r"[^\n]", after((_OPEN_TEXT, WEAK))),
        line_kind("said", r"[^\n]", after((_OPEN, WEAK))),
        line_kind("more", r"[^\n]", after((("frame_open", "more"), WEAK))),
        line_kind("again", rf"{_KNOWN_TYPE}: ", after((("ended", "shown_fatal", "again"), LIKELY))),
        line_kind("again", r"[^\n]", after((("ended", "shown_fatal", "again"), WEAK))),
    ),
    marks=_MARKS,
    may_open=_may_open,
)
