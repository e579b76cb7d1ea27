"""The lines of Rust's panics and reports: what each may look like, and which may follow which.

Panics: https://github.com/rust-lang/rust/blob/master/library/std/src/panicking.rs (`default_hook`), backtraces:
`library/std/src/sys/backtrace.rs`. Reports of errors: anyhow, eyre and color-eyre print `Caused by:` lists.
"""

from __future__ import annotations

import re

from analyzer.events.stacktraces.core import LIKELY, SURE, WEAK
from analyzer.events.stacktraces.line_grammar import LineGrammar, LineKind, after

_SOURCE = r"(?:[^\s'\"][^\n'\"]{0,1000}?\.rs|<[^>\n]{1,100}>)"
_PLACE = rf"(?P<file>{_SOURCE}):(?P<line>\d{{1,9}})(?::\d{{1,9}})?"
_NOT_LOGGED = r"(?!\s*\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:|\s*\[?(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\b)"

PANICKED = re.compile(r"(?:thread '(?P<thread>[^'\n]{0,200})'(?: \(\d{1,19}\))? )?panicked at ")
AT_PLACE = re.compile(rf"{_PLACE}(?::(?: (?P<message>.*))?)?\s*$")
QUOTED = re.compile(rf"'(?P<message>.*)'(?:, |: ){_PLACE}\s*$", re.DOTALL)

_MESSAGES = ("located", "message", "text", "operand", "closing")
_OPEN = ("opened", "quoted text")
_DONE = ("panic", "closed", "crash place", "note", "oom")
_FRAMES = ("frame", "at", "inlined", "omitted", "code", "sanitizer frame")
_REPORT = ("error", "errors", "cause", "more", "place")
_ANY = (*_MESSAGES, *_DONE, *_FRAMES)


_KINDS = (
    # what most lines of a stack are comes first
    LineKind(
        name="frame",
        pattern=re.compile(r"\s*(?P<index>\d{1,6}):\s{1,24}(?:0x[\da-f]{1,16} - )?(?P<function>\S.{0,4000}+)$"),
        after=after((("backtrace", "section", *_FRAMES), SURE)),
    ),
    LineKind(
        name="at",
        pattern=re.compile(r"\s*at (?P<file>[^\s].{0,1000}?):(?P<line>\d{1,9})(?::\d{1,9})?\s*$"),
        after=after((("frame", "inlined"), SURE)),
    ),
    LineKind(
        name="located",  # since Rust 1.73: the message comes on the next line
        pattern=re.compile(rf"(?>.{{0,400}}panicked at ){_PLACE}:?\s*$"),
        opens=SURE,
        after={},
    ),
    LineKind(
        name="panic",
        pattern=re.compile(
            rf"(?>.{{0,400}}panicked at )(?:'.*'(?:, |: )(?P<file>{_SOURCE}):\d{{1,9}}(?::\d{{1,9}})?\s*$"
            rf"|{_SOURCE}:\d{{1,9}}:\d{{1,9}}: \S)"
        ),
        opens=SURE,
        after={},
    ),
    LineKind(
        name="opened",  # before: a message of several lines in quotes
        pattern=re.compile(r"(?>.{0,400}panicked at )'"),
        opens=LIKELY,
        after={},
    ),
    LineKind(
        name="closed",
        pattern=re.compile(rf".*'(?:, |: ){_PLACE}\s*$"),
        after=after((_OPEN, SURE)),
    ),
    LineKind(
        name="crashed",  # color-eyre, color-backtrace
        pattern=re.compile(r".{0,200}The application panicked \(crashed\)\."),
        opens=LIKELY,
        after={},
    ),
    LineKind(
        name="crash message",
        pattern=re.compile(r"\s*Message:\s{1,8}(?P<message>.*)$"),
        after={"crashed": SURE},
    ),
    LineKind(
        name="crash place",
        pattern=re.compile(rf"\s*Location:\s{{1,8}}{_PLACE}\s*$"),
        after=after((("crashed", "crash message", "crash text"), SURE)),
    ),
    LineKind(
        name="overflow",
        pattern=re.compile(r"thread '(?P<thread>[^'\n]{0,200})'(?: \(\d{1,19}\))? has overflowed its stack\s*$"),
        opens=SURE,
        after={},
    ),
    LineKind(
        name="fatal",
        pattern=re.compile(r"fatal runtime error: (?P<message>\S.{0,2000}?)(?P<aborting>, aborting)?\s*$"),
        opens=LIKELY,
        after=after((("overflow", *_ANY), SURE)),
    ),
    LineKind(
        name="oom",
        pattern=re.compile(r"(?P<message>memory allocation of \d{1,39} bytes failed)(?:\s*$|(?=[A-Z=]))"),
        opens=LIKELY,
        after={},
    ),
    LineKind(
        name="aborting",
        pattern=re.compile(
            r"thread caused non-unwinding panic\. aborting\.|thread panicked while (?:panicking|processing panic)\."
        ),
        after=after((_ANY, SURE)),
    ),
    LineKind(
        name="note",
        pattern=re.compile(
            r"\s*note: (?:[Rr]un with `RUST_|Some details are omitted, run with|[Cc]ompile with|panic did )"
        ),
        after=after((_ANY, SURE)),
    ),
    LineKind(
        name="backtrace",
        pattern=re.compile(r"\s*[Ss]tack backtrace:\s*$"),
        opens=LIKELY,
        after=after(((*_MESSAGES, *_DONE, *_REPORT), SURE)),
    ),
    LineKind(
        name="section",  # color-eyre: a title between two rules
        pattern=re.compile(r"\s*[━─]{3,200} (?P<title>[A-Z]{3,20}) [━─]{3,200}\s*$"),
        after=after(((*_DONE, *_REPORT, *_FRAMES, "crash place", "hint"), SURE)),
    ),
    LineKind(
        name="frame",  # what stood above it was lost
        pattern=re.compile(
            r"\s{0,8}(?P<index>\d{1,6}):\s{1,24}(?:0x[\da-f]{1,16} - )?"
            r"(?P<function>(?=[\w<&]\S{0,300}::).{1,4000}+|rust_begin_unwind|_start)$"
        ),
        opens=LIKELY,
        after=after(((*_DONE, *_MESSAGES), LIKELY)),  # log-panics leaves the header out
    ),
    LineKind(
        name="inlined",  # a second function of the frame above, without a number of its own
        pattern=re.compile(r"\s{6,40}(?:- )?(?P<function>(?=[\w<&].{0,300}::).{1,4000}+)$"),
        after=after((("frame", "at", "inlined"), LIKELY)),
    ),
    LineKind(
        name="omitted",
        pattern=re.compile(r"\s*(?:\[\.\.\. omitted \d{1,9} frames? \.\.\.\]|⋮ .{0,40} frames? hidden ⋮)"),
        after=after((("backtrace", "section", *_FRAMES), SURE)),
    ),
    LineKind(
        name="code",
        pattern=re.compile(r"\s*\d{1,9} [│|>] "),
        after=after((("at", "code"), LIKELY)),
    ),
    LineKind(
        name="sanitizer frame",
        pattern=re.compile(
            r"\s*#\d{1,6}(?:\.\d{1,4})?\s{1,8}0x[\da-f]{1,16}(?: in (?P<function>.{1,4000}?))?"
            r"(?: (?P<file>[^\s():]{1,1000}\.[A-Za-z]{1,4}):(?P<line>\d{1,9})(?::\d{1,9})?)?"
            r"(?: {1,2}\(.{0,500}\)| <.{0,300})?$"
        ),
        after=after((("backtrace", "sanitizer", *_FRAMES), SURE)),
    ),
    LineKind(
        name="sanitizer",
        pattern=re.compile(
            r"={20,100}$|==\d{1,10}==|\w{1,20}Sanitizer:|SCARINESS: |NOTE: libFuzzer|\s*Combine libFuzzer"
            r"|SUMMARY: |\s*\[\[\[ELF "
        ),
        after=after((("backtrace", "sanitizer", "sanitizer frame", *_DONE, *_MESSAGES), LIKELY)),
    ),
    LineKind(  # console_error_panic_hook: where the JavaScript around it stood
        name="wasm",
        pattern=re.compile(
            r"Stack:\s*$|Error\s*$|\s*at \S.{0,2000}:\S{1,20}\)?\s*$|[^\s@]{0,500}@\S{1,1000}:\S{1,20}$"
        ),
        after=after((("wasm",), SURE)),
    ),
    LineKind(name="wasm", pattern=re.compile(r"Stack:\s*$"), after=after((_MESSAGES, LIKELY))),
    # -- reports
    LineKind(
        name="error",
        pattern=re.compile(r"Error: (?P<message>\S.*)$"),
        opens=LIKELY,
        after={},
    ),
    LineKind(
        name="errors",  # color-eyre numbers the error itself, too
        pattern=re.compile(r"Error:\s*$"),
        opens=LIKELY,
        after={},
    ),
    LineKind(
        name="caused",
        pattern=re.compile(r"\s*Caused by:\s*$"),
        opens=LIKELY,
        after=after((("error", "report text"), SURE)),
    ),
    LineKind(
        name="cause",
        pattern=re.compile(r"\s*(?P<index>\d{1,5}): (?P<message>\S.*)$"),
        after=after((("caused", "errors", "cause", "more"), SURE)),
    ),
    LineKind(
        name="more",  # the only cause, or the next line of one
        pattern=re.compile(rf"{_NOT_LOGGED}\s{{4,40}}(?P<text>\S)"),
        after=after((("caused",), SURE), (("cause", "more"), LIKELY)),
    ),
    LineKind(
        name="more",
        pattern=re.compile(rf"{_NOT_LOGGED}(?P<text>\S)"),
        after={"caused": LIKELY},
    ),
    LineKind(
        name="location",
        pattern=re.compile(r"\s*Location:\s*$"),
        after=after((("error", "report text", "cause", "more"), SURE)),
    ),
    LineKind(
        name="place",
        pattern=re.compile(rf"\s*(?:at )?{_PLACE}\s*$"),
        after={"location": SURE},
    ),
    LineKind(
        name="hint",
        pattern=re.compile(
            r"\s*(?:Backtrace omitted\. |Run with (?:COLORBT_|RUST_)|Suggestion: |Note: |Warning: |Help: )"
        ),
        after=after((("place", "hint", "section", "crash place", *_FRAMES), LIKELY)),
    ),
    # -- messages
    LineKind(
        name="operand",
        pattern=re.compile(r"\s{0,4}(?:left|right|error|value): "),
        after=after((("message", "text", "operand"), LIKELY)),
    ),
    LineKind(
        name="closing",
        pattern=re.compile(r"\s*[)\]}]{1,10}[,;]?$"),
        after=after((("message", "text", "operand", "closing"), LIKELY)),
    ),
    LineKind(  # a message may speak of another panic
        name="message",
        pattern=re.compile(rf"{_NOT_LOGGED}(?!thread '|panicked at )(?P<text>).{{1,400}}panicked at "),
        after={"located": SURE},
    ),
    LineKind(name="message", pattern=re.compile(rf"{_NOT_LOGGED}(?P<text>)"), after={"located": LIKELY}),
    LineKind(
        name="text",
        pattern=re.compile(rf"{_NOT_LOGGED}(?P<text>)"),
        after=after((_MESSAGES, WEAK), (("panic",), WEAK)),
    ),
    LineKind(name="quoted text", pattern=re.compile(r"(?P<text>)"), after=after((_OPEN, WEAK))),
    LineKind(
        name="crash text",
        pattern=re.compile(rf"{_NOT_LOGGED}(?P<text>)"),
        after=after((("crash message", "crash text"), WEAK)),
    ),
    LineKind(
        name="report text",
        pattern=re.compile(rf"{_NOT_LOGGED}(?P<text>)"),
        after=after((("error", "report text", "cause", "more"), WEAK)),
    ),
)

GRAMMAR = LineGrammar(_KINDS)
