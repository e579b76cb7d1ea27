"""The lines of Dart stacks: what each may look like, and which may follow which.

Flutter on Android prints each line with `E/flutter (1234): ` in front, on iOS with `flutter: `.
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import LineGrammar, LineKind, after

_FRONT = r"(?:(?:[A-Z]/flutter ?\( {0,6}\d{1,7}\)|flutter):(?: |$))?"
_IN = _FRONT + r"\s{0,200}"
_URI = r"(?:(?:dart|package|file|https?|data|memory|org-dartlang-[\w-]{1,30}):[^()\s]{1,1000}?|[^()\s:]{1,1000}\.dart)"
_NAME = r"_?(?:[A-Z][\w$]{0,100})?(?:Error|Exception)"
_SAID = (
    r"Invalid argument(?:\(s\)| \([^)\n]{1,100}\)): |Bad state: |Unsupported operation: "
    r"|Concurrent modification during |Null check operator used |type '[^'\n]{1,300}' is not a subtype "
    r"|'[^'\n]{1,500}': Failed assertion: "
    r"|Instance of '|Assertion failed|Stack Overflow|Out of Memory"
)

FRONT = re.compile(_FRONT)
TITLE = re.compile(rf"(?P<type>{_NAME})(?::\s{{1,4}}|(?=\(| \(| \[| with )|:?$)")
BOX_TITLE = re.compile(r"The following (?P<type>\S{1,200})(?: object)? was thrown[^\n]{0,1000}$")
BOX_END_OF_MESSAGE = re.compile(
    r"(?:The relevant error-causing|When the exception was thrown|Either the assertion indicates|User-created ancestor)"
)
WARNING = "Warning: This VM has been configured to produce stack traces that violate the Dart standard."
STACK_FOLLOWS = "When the exception was thrown, this was the stack"

_TITLE = rf"(?P<said>(?:{_NAME}(?:: |:$| \(|\(| \[| with |$)|{_SAID})[^\n]{{0,20000}})$"
_FRAMES = ("frame", "plain", "virtual", "gap", "elided")
_MESSAGES = ("head", "test", "title", "said", "text")


GRAMMAR = LineGrammar(
    (
        LineKind(
            name="head",
            pattern=re.compile(
                rf"{_FRONT}(?:\[(?:ERROR|VERBOSE|FATAL)[^\]\n]{{1,200}}\] )?"
                r"(?:Unhandled exception:|Unhandled Exception: (?P<said>\S[^\n]{0,20000}))\s{0,20}$"
            ),
            opens=LIKELY,
            after={},
        ),
        LineKind(
            name="box",
            pattern=re.compile(rf"{_IN}(?:══╡ [^\n]{{1,200}} ╞═|={{6,20}} Exception caught by [^\n]{{1,200}} ={{4}})"),
            opens=SURE,
            after={},
        ),
        LineKind(
            name="test",
            pattern=re.compile(rf"{_IN}\d\d:\d\d \+\d{{1,6}}(?: ~\d{{1,6}})?(?: -\d{{1,6}})?: [^\n]{{1,2000}} \[E\]$"),
            opens=LIKELY,
            after={},
        ),
        LineKind(
            name="crash",
            pattern=re.compile(rf"{_IN}(?:\*\*\* ){{8,20}}\*\*\*\s{{0,9}}$"),
            opens=SURE,
            after=after((_MESSAGES, SURE)),
        ),
        LineKind(
            name="frame",
            pattern=re.compile(
                rf"{_IN}#(?P<number>\d{{1,6}})\s{{1,12}}(?P<function>\S[^\n]{{0,600}}?) "
                rf"\((?P<file>{_URI})(?::(?P<line>\d{{1,9}})(?::\d{{1,9}})?)?\)\s{{0,20}}$"
            ),
            opens=LIKELY,
            after=after((_MESSAGES, SURE), (_FRAMES, SURE), (("stack",), SURE), (("cut",), LIKELY)),
        ),
        LineKind(
            name="virtual",
            pattern=re.compile(
                rf"{_IN}#(?P<number>\d{{1,6}}) abs [\da-f]{{6,16}}(?: virt [\da-f]{{6,16}})? "
                r"(?P<function>\S{1,300})\s{0,9}$"
            ),
            opens=LIKELY,
            after=after((("crash", "about", "virtual", "gap"), SURE)),
        ),
        LineKind(
            name="plain",
            pattern=re.compile(
                rf"{_IN}(?P<file>{_URI}) (?P<line>\d{{1,9}}):\d{{1,9}}\s{{1,300}}(?P<function>[^\s\d][^\n]{{0,600}})$"
            ),
            opens=LIKELY,
            after=after((_MESSAGES, SURE), (_FRAMES, SURE), (("stack",), SURE)),
        ),
        LineKind(
            name="plain",
            pattern=re.compile(
                rf"{_IN}(?P<file>(?:dart|package):[\w./-]{{1,300}})(?P<line>(?!))?\s{{2,300}}"
                r"(?P<function>[^\s\d]\S{0,600})$"
            ),
            after=after((_MESSAGES, LIKELY), (_FRAMES, SURE), (("stack",), SURE)),
        ),
        LineKind(
            name="gap",
            pattern=re.compile(rf"{_IN}(?:<asynchronous suspension>|===== asynchronous gap =+|\.\.\.)\s{{0,20}}$"),
            after=after((_FRAMES, SURE)),
        ),
        LineKind(
            name="elided",
            pattern=re.compile(rf"{_IN}\((?:elided|additional) [^\n]{{1,1000}}\)$"),
            after=after((_FRAMES, SURE)),
        ),
        LineKind(
            name="cut",
            pattern=re.compile(rf"{_IN}#\d{{1,6}}\s{{1,12}}\S[^\n]{{0,300}} \([^()\n]{{0,1000}}$"),
            after=after((("frame", "gap"), LIKELY)),
        ),
        LineKind(
            name="about",
            pattern=re.compile(
                rf"{_IN}(?:pid: \d|os: |build_id: |loading_unit: |isolate_dso_base: |isolate_instructions: )"
            ),
            after=after((("crash", "about"), SURE)),
        ),
        LineKind(
            name="title",
            pattern=re.compile(
                rf"{_IN}(?P<prefix>(?:[^\n]{{0,120}}?[:\]|-] )??)"
                rf"{_TITLE}"
            ),
            opens=LIKELY,
            after=after((("head",), SURE), (("test",), LIKELY)),
        ),
        LineKind(
            name="titled",
            pattern=re.compile(rf"{_IN}{BOX_TITLE.pattern}"),
            after=after((("box",), SURE)),
        ),
        LineKind(
            name="stack",
            pattern=re.compile(rf"{_IN}{STACK_FOLLOWS}"),
            after=after((("titled", "boxed"), SURE)),
        ),
        LineKind(
            name="end",
            pattern=re.compile(rf"{_IN}(?:═{{20,400}}|={{60,400}})\s{{0,9}}$"),
            after=after((("titled", "boxed", "stack", "behind"), SURE), (_FRAMES, SURE)),
        ),
        LineKind(
            name="boxed",
            pattern=re.compile(rf"{_IN}{_TITLE}"),
            after=after((("titled", "boxed"), LIKELY)),
        ),
        LineKind(
            name="boxed",
            pattern=re.compile(rf"{_FRONT}[^\n]"),
            after=after((("titled", "boxed"), WEAK)),
        ),
        LineKind(
            name="said",
            pattern=re.compile(rf"{_FRONT}[^\n]"),
            after=after((("head",), LIKELY), (("test",), WEAK)),
        ),
        LineKind(
            name="text",
            pattern=re.compile(rf"{_IN}{re.escape(WARNING)}"),
            after=after((("title", "said", "text"), SURE)),
        ),
        LineKind(
            name="text",
            pattern=re.compile(rf"{_FRONT}[^\n]"),
            after=after((("title", "said", "text"), WEAK)),
        ),
        LineKind(
            name="behind",
            pattern=re.compile(rf"{_FRONT}[^\n]"),
            after=after((("behind", *_FRAMES), WEAK)),
        ),
    )
)
"""`said`, `text`: the message; `titled`, `boxed`: that of a box; `behind`: what a box tells below its frames"""
