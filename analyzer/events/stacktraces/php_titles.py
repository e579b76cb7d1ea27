"""What the title of a PHP stack says: type, message, place; and what Monolog writes of an exception."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from analyzer.events.plaintext import unescape
from analyzer.events.stacktraces.php_lines import TYPE

Place = tuple[str | None, int | None]
NOWHERE: Place = (None, None)

_OLD = re.compile(rf"(?:Uncaught )?exception '(?P<type>{TYPE})'(?: with message '(?P<message>.*)')?$", re.DOTALL)
_TYPED = re.compile(rf"(?:Uncaught )?(?P<type>{TYPE})(?:: (?P<message>.*))?$", re.DOTALL)
_DEFINED = re.compile(r"(?:Type|ArgumentCount)Error$")
_OBJECT = re.compile(rf"(?P<type>{TYPE})\(code: ?[^)\n]{{0,300}}\): ")
_OBJECT_END = re.compile(
    r" at (?P<file>(?:(?! at )[^\n]){1,600}?):(?P<line>\d{1,9})(?:\)(?=\"|\s*$)|, (?=[\w\\]{1,300}\(code: ))"
)
_LOGGER = re.compile(
    r"(?:\[[^\]\n]{1,60}\]:? ?|\d{4}[-/]\d\d[-/]\d\d[ T]\d\d:\d\d:\d\d\S{0,20} |\d{1,9}#\d{1,9}: |\*\d{1,12} "
    r"|[\w.-]{1,60}\.(?:DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY): |AH\d{5}: |<br />"
    r"|(?:DEBUG|INFO|NOTICE|WARNING|ERROR|CRITICAL|ALERT|EMERGENCY|FATAL|php)(?:: |\s{1,4})|\s{1,40}"
    r"|FastCGI sent in stderr: \"|Got error '|PHP message: ){1,12}"
)
_CONTEXT = re.compile(r"\s\{\"[^\n]*$")


@dataclass(slots=True, kw_only=True)
class Title:
    """One exception as its title tells it."""

    type: str | None = None
    message: str = ""
    place: Place = NOWHERE
    function: str | None = None
    """where the title names it"""
    previous: list[Title] = field(default_factory=list)
    """what Monolog's first version wrote behind it, newest first"""


def title_of(said: str, place: Place, *, typed: bool = True) -> Title:
    """A title from its text without the place; `typed` says that it begins with a type."""
    found = (_OLD.match(said) or _TYPED.match(said)) if typed else None
    if found is None:
        return Title(message=said.strip(), place=place)
    kind, message = found["type"], found["message"] or ""
    if _DEFINED.match(kind) and ", called in " in message:
        message = message.removesuffix(" and defined")
    return Title(type=_name(kind), message=message, place=place)


def logged_title(said: str, place: Place) -> Title:
    """A title behind a logger's own words; what stands in front of a colon there is a class, if it can be one."""
    found = _LOGGER.match(said)
    said = said[found.end() :] if found else said
    return title_of(said, place, typed=said[:1].isupper())


def quoted_title(said: str, place: Place) -> Title:
    """Symfony's `Type: "message"`."""
    title = title_of(said, place)
    if len(title.message) > 1 and title.message[0] == title.message[-1] == '"':
        title.message = title.message[1:-1]
    return title


def object_title(rest: str, *, escaped: bool) -> Title:
    """Monolog's `Type(code: 0): message at file:line)`, from its type on."""
    titles: list[Title] = []
    at = 0
    while found := _OBJECT.match(rest, at):
        end = _OBJECT_END.search(rest, found.end())
        said = rest[found.end() : end.start() if end else len(rest)]
        place: Place = (end["file"], int(end["line"])) if end else NOWHERE
        if escaped:
            said = unescape(said)
            place = (unescape(place[0]), place[1]) if place[0] else place
        kind = unescape(found["type"]) if escaped else found["type"]
        titles.append(Title(type=_name(kind), message=said, place=place))
        if end is None:
            break
        at = end.end()
    if not titles:
        return Title(message=rest)
    titles[0].previous = titles[1:]
    return titles[0]


def without_markup(title: Title) -> Title:
    """The title of a page: its signs as they were before they became entities."""
    title.message = html.unescape(title.message)
    return title


def _name(kind: str) -> str:
    """A class without the place that anonymous ones have behind a NUL."""
    return kind.partition("\x00")[0]


def words_before(text: str) -> str:
    """What a logger's message says in front of a stack, without the logger's own words and the context behind it."""
    found = _LOGGER.match(text)
    said = text[found.end() :] if found else text
    return _CONTEXT.sub("", said).rstrip(" :\"'(")
