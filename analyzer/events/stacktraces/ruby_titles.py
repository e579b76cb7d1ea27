"""What the title of a Ruby stack says: class, message, and the source line that error_highlight shows below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analyzer.events.stacktraces.ruby_lines import CLASS, KNOWN_CLASS, PREFIX

_ONLY_CLASS = re.compile(rf"{KNOWN_CLASS}$")
_CLASS_FIRST = re.compile(rf"(?P<type>{CLASS}):(?: (?P<said>.*))?$", re.DOTALL)
_DASHED = re.compile(rf"(?P<type>{CLASS}) - (?P<said>.*):$", re.DOTALL)
_RAILS = re.compile(rf"(?P<type>{CLASS}) \((?P<said>.*)\):?$", re.DOTALL)
_RAILS_END = re.compile(r"\):\s*$")
_INSPECTED = re.compile(rf"#<(?P<type>{CLASS}): (?P<said>.*)>$", re.DOTALL)
_FLUENTD = re.compile(rf"error_class=(?P<type>{CLASS}) error=\"(?P<said>.*?)(?:\"(?: [a-z_]{{1,40}}=.*)?)?$", re.DOTALL)
_ANNOUNCED = re.compile(
    rf"(?:Error: \w{{1,200}}\([\w:]{{1,200}}\)|(?:Error|Exception|(?:Unhandled|Uncaught) exception)(?=: {CLASS}: )"
    r"|app error): "
)
"""what test-unit, unicorn and people write in front"""
_CARET = re.compile(r"\s*\^[\^~]*\s*$")
_DATABASE_LINE = re.compile(r"\s*LINE \d+: ")
_HINT = "Did you mean?  "
_TAIL = 400


@dataclass(slots=True, kw_only=True)
class Title:
    """An exception as its title tells it."""

    type: str | None = None
    message: str = ""
    code: str | None = None
    """the source line that was printed below the message"""


def printed_title(said: str, more: Sequence[str]) -> Title:
    """What Ruby prints behind the place: the class stands at the end of the first line; other printers put it at the
    end of the last one."""
    more, code = without_hints(more)
    found = _behind(said)
    if found:
        return Title(type=found[1], message=_joined(found[0], more), code=code)
    if more:
        last = _behind(more[-1])
        if last:
            return Title(type=last[1], message=_joined(said, [*more[:-1], last[0]]), code=code)
    elif _ONLY_CLASS.match(said.strip()):  # an empty message
        return Title(type=said.strip(), code=code)
    return Title(message=_joined(said, more), code=code)


def told_title(said: str, more: Sequence[str]) -> Title:
    """What loggers and frameworks print in front of a list of places."""
    tagged = [PREFIX_ONLY.sub("", line, count=1) if line[:1] == "[" else line for line in more]
    more, code = without_hints(tagged)
    said = _ANNOUNCED.sub("", said, count=1)
    if _RAILS.match(said) or re.match(rf"{KNOWN_CLASS} \(", said):
        end = 0
        if not _RAILS_END.search(said):
            end = next((n for n, line in enumerate(more, 1) if _RAILS_END.search(line)), 0)
        text = "\n".join([said, *more[:end]]).rstrip()
        found = _RAILS.match(text)
        if found:
            return Title(type=found["type"], message=found["said"].rstrip(), code=code)
    text = _joined(said, more)
    for pattern in (_DASHED, _INSPECTED, _FLUENTD):
        found = pattern.match(text)
        if found:
            return Title(type=found["type"], message=found["said"], code=code)
    found = _CLASS_FIRST.match(text)
    if found and _ONLY_CLASS.match(found["type"]):
        return Title(type=found["type"], message=found["said"] or "", code=code)
    behind = _behind(text.rpartition("\n")[2])
    if behind:
        return Title(type=behind[1], message=text[: len(text) - len(behind[2])].rstrip("\n"), code=code)
    if found:
        return Title(type=found["type"], message=found["said"] or "", code=code)
    return Title(message=text, code=code)


PREFIX_ONLY = re.compile(rf"(?:{PREFIX})")


def _behind(line: str) -> tuple[str, str, str] | None:
    """A line without the class in brackets at its end, that class, and all that was cut off."""
    tail = line[-_TAIL:]
    at = tail.rfind("(")
    if at < 0:
        return None
    found = re.match(rf"\((?P<type>{CLASS})\)\s*$", tail[at:])
    if not found:
        return None
    said = line[: len(line) - len(tail) + at]
    if said and not said.endswith(" "):
        return None
    said = said.removesuffix(" ")
    return said, found["type"], line[len(said) :]


def without_hints(lines: Sequence[str]) -> tuple[list[str], str | None]:
    """The lines of a message without error_highlight's excerpt and did_you_mean's words, and the excerpt's source."""
    kept: list[str] = []
    code = None
    for line in lines:
        if line.lstrip().startswith(_HINT):
            break
        if _CARET.match(line) and kept and not _DATABASE_LINE.match(kept[-1]):
            code = kept.pop().strip()[:500] or None
            if kept and not kept[-1].strip():
                kept.pop()
            continue
        kept.append(line)
    return kept, code


def _joined(said: str, more: Sequence[str]) -> str:
    return "\n".join([said, *more]).rstrip()


def failure_title(lines: Sequence[str]) -> Title:
    """RSpec's report of a failed example: what stands below the source line, without its indentation."""
    named = next((n for n, line in enumerate(lines) if re.match(rf"\s*(?:# )?\s*{CLASS}:\s*$", line)), None)
    if named is not None:
        return Title(type=lines[named].strip().lstrip("# ").rstrip(": "), message=_dedented(lines[named + 1 :]))
    blank = next((n for n, line in enumerate(lines) if not line.strip()), -1)
    return Title(message=_dedented(lines[blank + 1 :]))


def _dedented(lines: Sequence[str]) -> str:
    marked = [re.sub(r"^(\s*)# ?", r"\1", line) for line in lines]
    indent = min((len(line) - len(line.lstrip()) for line in marked if line.strip()), default=0)
    return "\n".join(line[indent:].rstrip() for line in marked).strip("\n")
