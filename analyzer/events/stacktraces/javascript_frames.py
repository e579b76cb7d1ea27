"""One line of a JavaScript stack as a frame, whichever engine printed it.

V8 (Node, Deno, Chrome, Edge) and the old Internet Explorer print `at function (file:line:column)`, SpiderMonkey and
JavaScriptCore (Firefox, Safari, Bun, React Native) print `function@file:line:column`. Sources of the formats:
https://v8.dev/docs/stack-trace-api, https://firefox-source-docs.mozilla.org/js/SavedFrame/index.html.

A place may itself hold brackets and blanks (`C:\\Program Files (x86)\\…`, `webpack-internal:///(rsc)/./…`), so it is
cut out by its end, `:line:column)`, and not by one pattern for the whole line.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzer.events.stacktraces.core import LIKELY, SURE
from analyzer.model import Frame

_MAX_LINE = 6000

_PLAIN = re.compile(r"(?P<function>[^()]{1,300}) \((?P<file>[^()\s]{1,1000}):(?P<line>\d{1,9}):\d{1,9}\)(?P<tail>.*)$")
_END = re.compile(
    r"(?::(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?"
    r"|:wasm-function\[\d{1,9}\]:0x[\da-f]{1,16}"
    r"|(?<=\()(?P<word><anonymous>|native|index \d{1,9}|unknown location|unknown)"
    r"|(?P<script>\.[cm]?[jt]sx?))\)"
)
_EVAL = re.compile(r" \(eval (?:at|as) ")
_BARE = re.compile(
    r"(?!\d{1,4}[-:/])(?P<file>.{1,4000}?)"
    r"(?::(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?|:wasm-function\[\d{1,9}\]:0x[\da-f]{1,16})"
    r"(?P<tail>(?:[,\]}\"' {].*)?)$"
)
_NAMED = re.compile(r"(?P<function>(?:new )?[\w$.<>#]{1,200}(?: \[as [\w$.]{1,100}\])?)\s{0,20}$")
_CUT = re.compile(r"[\w$.<>#\[\] ]{1,300} ?\([^()\s]{0,1000}$")

_BROWSER_PLACE = re.compile(r"(?P<file>.{1,4000}?):(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?\s{0,20}$")
_BROWSER_EVAL = re.compile(r"(?P<file>.{1,2000}?) line (?P<line>\d{1,9}) > ")
_BUNDLE_PLACE = re.compile(r"(?P<line>\d{1,9}):\d{1,9}$")
_CALLER = re.compile(r"(?:global|eval|module) code$|(?:get|set|bound|async) \S{1,300}$|[\w ]{1,40}\*\S{0,300}$")
_ASYNC_CALLER = re.compile(r"\A[\w ]{1,40}\*")
_NATIVE = frozenset(("[native code]", "[wasm code]"))
_PLACE_ENDS = frozenset("]0123456789")
_SECTIONS = frozenset(("eval code", "global code", "module code"))
_BUILT_IN = frozenset(("debugger eval code", "self-hosted", "user-script", "<anonymous>"))

_SCHEME = re.compile(r"[A-Za-z][\w+.-]{1,40}:")
_PATH = re.compile(r"[/\\]|[A-Za-z]:[\\/]|[A-Za-z][\w+.-]{1,40}:")
_SCRIPT = re.compile(r".{0,4000}\.(?:[cm]?[jt]sx?|jsm|vue|svelte|bundle|jsbundle|html?)(?:[?#].*)?$")
_CONSOLE = re.compile(
    r"\s{0,200}(?P<function>\(anonymous\)|[^\s@(]{1,200})(?:\s@\s| {1,4}(?=[a-z-]{2,40}:))"
    r"(?P<file>\S{1,2000}?):(?P<line>\d{1,9})(?::\d{1,9})?$"
)
_VITEST = re.compile(r"\s{0,20}❯ (?:(?P<function>\S{1,300}) )?(?P<file>\S{1,2000}?):(?P<line>\d{1,9}):\d{1,9}$")
# Rust prints `at src/main.rs:3:5` below each frame, others may too
_FOREIGN = (".rs", ".go", ".py", ".rb", ".java", ".kt", ".cs", ".c", ".cc", ".cpp", ".h", ".swift", ".zig", ".ex")


class FrameLine(NamedTuple):
    """What a frame's line says."""

    frame: Frame | None
    """None for a mere mark, such as the `at <anonymous>` between two asynchronous parts"""
    opens: int
    """how well it opens a stack whose head was lost, 0 where it only goes on with one"""
    tail: str = ""
    """what the line says behind the frame: a bracket, a comma, properties of the error"""
    browser: bool = False
    """printed by a browser that prints no title"""
    cut: bool = False
    """the line ends inside the place"""


def frame_line(line: str) -> FrameLine | None:
    """The line as a frame, else None."""
    head = line.lstrip()
    if head.startswith(("at ", "eval at ")):
        body = head[:_MAX_LINE].removeprefix("eval ").removeprefix("at ").lstrip().removeprefix("async ")
        if ".java:" in body:  # the most frequent of the others
            return None
        found = _with_brackets(body) if "(" in body else None
        return found or (_bare(body) if body else None)
    if "@" in head:
        return _browser(head[:_MAX_LINE])
    return _native(head) if head and head[-1] in "]e0123456789 " else None


def console_frame(line: str) -> Frame | None:
    """A frame as the console of a browser shows it: `draw @ app.js:12`, or the name and the URL side by side; or as
    Vitest does: `❯ draw src/app.js:12:3`."""
    if len(line) > _MAX_LINE:
        return None
    if "❯ " in line:
        found = _VITEST.match(line)
        return Frame(file=found["file"], line=int(found["line"]), function=found["function"]) if found else None
    found = _CONSOLE.match(line) if " @ " in line or "://" in line else None
    if found is None or not (_SCRIPT.match(found["file"]) or found["file"].endswith("/")):
        return None
    return Frame(file=found["file"], line=int(found["line"]), function=_named(found["function"]))


# -- at function (place)


def _with_brackets(body: str) -> FrameLine | None:
    plain = _PLAIN.match(body)
    if plain is not None:  # nearly all are like this
        function, file, line, tail = plain.groups()
        return FrameLine(Frame(file=file, line=int(line), function=_named(function)), SURE, tail)
    end = _END.search(body)
    if end is None:
        return FrameLine(frame=None, opens=0, cut=True) if _CUT.match(body) else None
    start = _opening(body, end.start())
    function, tail = body[:start], body[end.end() :]
    evaluated = _EVAL.search(body)
    if evaluated is not None:
        function, tail = body[: evaluated.start()], body[body.rindex(")") + 1 :]
    function = function.removeprefix("eval at ").strip()
    if end["word"]:
        place = end["word"] if end["word"] == "<anonymous>" else None
        opens = LIKELY
    else:
        place = body[start + 1 : end.end("script") if end["script"] else end.start()].removeprefix("address at ")
        opens = SURE if end["column"] or _SCHEME.match(place) else LIKELY
        if end["column"] is None and not (_SCHEME.match(place) or _SCRIPT.match(place)):
            return None  # `at com.example.Shop.run(Shop.java:12)` and the like
    frame = Frame(file=place, line=int(end["line"]) if end["line"] else None, function=_named(function))
    return FrameLine(frame=frame, opens=opens, tail=tail)


def _opening(body: str, end: int) -> int:
    """Where the bracket around the place that ends at `end` stands; the place may have brackets of its own."""
    start = body.rfind(" (", 0, end)
    for _ in range(4):
        if start < 0 or body.count(")", start, end) <= body.count("(", start + 2, end):
            break
        start = body.rfind(" (", 0, start)
    return start + 1 if start >= 0 else max(0, body.find("(", 0, end))


def _bare(body: str) -> FrameLine | None:
    found = _BARE.match(body)
    if found is not None and _is_file(found["file"], found["column"] or not found["line"]):
        file, line = found["file"], int(found["line"]) if found["line"] else None
        opens = 0 if found["column"] is None else SURE if _PATH.match(file) or _SCRIPT.match(file) else LIKELY
        return FrameLine(frame=Frame(file=file, line=line, function=None), opens=opens, tail=found["tail"])
    word = body.rstrip()
    if word in ("<anonymous>", "native"):
        return FrameLine(frame=None, opens=0)
    named = _NAMED.match(body)
    if named is not None:
        return FrameLine(frame=Frame(file=None, line=None, function=named["function"]), opens=0)
    return None


def _is_file(file: str, sure: str | bool) -> bool:
    """Whether a text before `:line:column` is a file: not a time of day, not another language's."""
    if file.endswith(_FOREIGN) and "://" not in file:
        return False
    if not sure:
        host = file.partition("://")[2]
        return "/" in host or _SCRIPT.match(file) is not None
    name = file.replace("\\", "/").rpartition("/")[2].rpartition(" ")[2]
    return any(ch.isalpha() or ch in ">])?_$" for ch in name) or "://" in file


# -- function@place


def _browser(line: str) -> FrameLine | None:
    function, _, place = line.partition("@")
    if "(" in function and ")" not in function:  # an argument holds an `@`
        more, _, place = place.partition(")@")
        function += more + ")"
    place = place.strip()
    called = _caller(function) if len(function) < 700 and place[-1:] in _PLACE_ENDS else None
    if called is None:
        return None
    if place in _NATIVE:
        return FrameLine(frame=Frame(file=place, line=None, function=called or None), opens=LIKELY, browser=True)
    bundle = _BUNDLE_PLACE.match(place)
    if bundle is not None:
        frame = Frame(file=None, line=int(bundle["line"]), function=called or None)
        return FrameLine(frame=frame, opens=0, browser=True) if called.isidentifier() else None
    found = _BROWSER_PLACE.match(place)
    if found is None:
        return None
    file, line_no, column = found["file"], int(found["line"]), found["column"]
    if not (_PATH.match(file) or _SCRIPT.match(file) or file in _BUILT_IN or called in _SECTIONS):
        return None
    evaluated = _BROWSER_EVAL.match(file)
    if evaluated is not None:
        file, line_no = evaluated["file"], int(evaluated["line"])
    opens = SURE if column or evaluated is not None else LIKELY
    return FrameLine(frame=Frame(file=file, line=line_no, function=called or None), opens=opens, browser=True)


def _caller(text: str) -> str | None:
    """The function before the `@` without its arguments, "" for a nameless one, None where it is no function."""
    if "(" in text:
        head, after = text[: text.index("(")], text[text.rfind(")") + 1 :]
        return head if not _has_blank(head + after) and ")" in text else None
    if not _has_blank(text):
        return _ASYNC_CALLER.sub("", text, count=1)
    return _ASYNC_CALLER.sub("", text, count=1) if _CALLER.match(text) else None


def _native(line: str) -> FrameLine | None:
    """A line without any function, as Safari prints them."""
    text = line[:_MAX_LINE].rstrip()
    if text in _NATIVE:
        return FrameLine(frame=Frame(file=text, line=None, function=None), opens=LIKELY, browser=True)
    if text in _SECTIONS:
        return FrameLine(frame=None, opens=LIKELY, browser=True)
    if not text[-1:].isdigit() or _has_blank(text):
        return None
    found = _BROWSER_PLACE.match(text)
    if found is None:
        return None
    file = found["file"]
    if not (found["column"] or _SCRIPT.match(file)) or not (
        "://" in file[:60] or file.endswith((".bundle", ".jsbundle"))
    ):
        return None
    return FrameLine(frame=Frame(file=file, line=int(found["line"]), function=None), opens=LIKELY, browser=True)


def _has_blank(text: str) -> bool:
    return any(ch.isspace() for ch in text)


def _named(function: str) -> str | None:
    return None if function in ("", "(anonymous)") else function
