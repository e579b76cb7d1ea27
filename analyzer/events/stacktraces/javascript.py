"""JavaScript stacks: Node 0.10 to 24, Deno, Bun, Chrome, Edge, Firefox, Safari, Internet Explorer, React Native.

TypeScript prints the same. Read are the uncaught error with its excerpt, `console.error(error)` with properties,
causes and the members of an `AggregateError` in brackets, and the bare `error.stack` that loggers write.
https://nodejs.org/api/errors.html, https://nodejs.org/api/util.html#utilinspectobject-options

Frames are printed innermost first. Firefox and Safari print no title above them: such a stack has type None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analyzer.events.stacktraces.core import SURE, Draft, Reader, Span, build, register
from analyzer.events.stacktraces.javascript_frames import FrameLine
from analyzer.events.stacktraces.javascript_lines import (
    ERRORS_KEY,
    Token,
    begin,
    excerpt_place,
    runs,
    step,
)
from analyzer.events.stacktraces.javascript_messages import rest_of_message, without_code
from analyzer.events.stacktraces.javascript_titles import Title, is_log_line
from analyzer.model import Frame, Relation

LANGUAGE = "javascript"
_MAX_MESSAGE_LINES = 400
_CAUSES = frozenset(("cause", "originalError", "innerError", "original", "inner"))
_NO_ERROR = frozenset(("Trace",))
"""what `console.trace` prints"""
_NO_FILE = ("<", "[", "node:", "undefined", "evalmachine.")


def read(lines: Sequence[str]) -> list[Span]:
    """All stacks of a text, in order."""
    found = []
    for run in runs(lines):
        span = _Assembly(lines, run).span() if _may_be_stack(run) else None
        if span is not None:
            found.append(span)
    return found


def _may_be_stack(run: Sequence[Token]) -> bool:
    """A title alone is no stack: it takes a frame, properties, the excerpt of an uncaught error, or Deno's word."""
    first = run[0].said
    if isinstance(first, Title) and (first.uncaught or (first.opens and len(run) > 1)):
        return True
    return any(isinstance(token.said, FrameLine) or token.state.kind in ("caret", "thrower") for token in run)


@dataclass(slots=True, kw_only=True)
class _Bracket:
    """What stands between two brackets."""

    owner: Draft | None = None
    """the error whose properties they are"""
    members: bool = False
    """the members of the owner"""


@dataclass(slots=True, kw_only=True)
class _Links:
    """What hangs under an error."""

    cause: Draft | None = None
    members: list[Draft] = field(default_factory=list)


class _Assembly:
    """Puts the lines of one stack together."""

    def __init__(self, lines: Sequence[str], run: list[Token]) -> None:
        self.lines = lines
        self.run = run
        self.root: Draft | None = None
        self.current: Draft | None = None
        self.links: dict[int, _Links] = {}
        self.drafts: list[Draft] = []
        self.brackets: dict[int, _Bracket] = {}
        self.headless = False
        self.browser = False
        self.frames = 0
        self.cut = False
        self.aside = False
        """the frames are those of another place"""

    def span(self) -> Span | None:
        depth = 0
        for index, token in enumerate(self.run):
            said = token.said
            if isinstance(said, Title):
                self._title(index, said, depth)
            elif isinstance(said, FrameLine):
                self._frame(said)
            elif token.state.kind == "thrown" and self.root is None:
                self.root = self.current = self._draft()
                self.root.message = self._message(index, "")
            elif token.state.kind == "aside":
                self.aside = self.current is not None and bool(self.current.frames)
            elif token.state.kind == "caret" and self.root is not None:
                self.current = self.root  # Deno: the members are through
            self._brackets(token, depth)
            depth = token.state.depth
        return self._finish()

    # -- the parts

    def _draft(self) -> Draft:
        draft = Draft()
        self.drafts.append(draft)
        self.links[id(draft)] = _Links()
        return draft

    def _title(self, index: int, title: Title, depth: int) -> None:
        draft = self._draft()
        draft.type = title.type
        draft.message = self._message(index, title.message, title).lstrip("\n" if title.headed else "")
        self.current, self.aside = draft, False
        if self.root is None:
            self.root = draft
            return
        bracket = self.brackets.get(depth)
        owner = bracket.owner if bracket else None
        if title.caused:
            self._under(self.drafts[-2], draft, Relation.CAUSE)
        elif self.run[index].state.group:
            self._under(self.root, draft, Relation.MEMBER)
        elif owner is not None and bracket is not None and bracket.members:
            self._under(owner, draft, Relation.MEMBER)
        elif owner is not None and title.key in _CAUSES and not (title.inline and not title.message):
            self._under(owner, draft, Relation.CAUSE)

    def _under(self, owner: Draft, draft: Draft, relation: Relation) -> None:
        links = self.links[id(owner)]
        if relation is Relation.MEMBER:
            links.members.append(draft)
        elif links.cause is None:
            draft.relation = relation
            links.cause = draft

    def _frame(self, said: FrameLine) -> None:
        if self.root is None:
            self.root = self.current = self._draft()
            self.headless = True
        self.browser |= said.browser
        self.cut |= said.cut
        if said.frame is not None and self.current is not None and not self.aside:
            self.current.frames.append(said.frame)
            self.frames += 1

    def _brackets(self, token: Token, depth: int) -> None:
        """Remember whose brackets were opened by the line."""
        if token.state.depth <= depth:
            return
        if isinstance(token.said, Title | FrameLine):
            opened = _Bracket(owner=self.current)
        elif token.state.lists[-1:] == (token.state.depth,) and ERRORS_KEY.match(self.lines[token.at]):
            around = self.brackets.get(depth)
            opened = _Bracket(owner=around.owner if around else self.current, members=True)
        else:
            opened = _Bracket()
        for level in range(depth + 1, min(token.state.depth, depth + 100) + 1):
            self.brackets[level] = opened

    def _message(self, index: int, first: str, title: Title | None = None) -> str:
        """The message from its first line to the line that is none of it; the first frame, or a bracket."""
        start = self.run[index].at
        after = index + 1
        while after < len(self.run) and self.run[after].state.kind in ("text", "thrown"):
            after += 1
        end = self.run[after].at if after < len(self.run) else self.run[-1].at + 1
        if title is None:
            return "\n".join(self.lines[start : min(end, start + _MAX_MESSAGE_LINES)]).rstrip()
        more = rest_of_message(self.lines[start : min(end, start + _MAX_MESSAGE_LINES)], by_two=title.headed)
        more = without_code(more, deno=title.uncaught, bun=self.run[0].state.kind == "numbered")
        return "\n".join([first, *more]).rstrip()

    # -- the whole

    def _finish(self) -> Span | None:
        root, first = self.root, self.run[0]
        if root is None or not self._is_stack():
            return None
        start, prefix, truncated = first.at, "", self.cut or self.run[-1].state.depth > 0
        if isinstance(first.said, Title):
            prefix = first.said.prefix
        if self.headless:
            above = self.lines[0] if start == 1 else ""
            if above.strip() and not is_log_line(above):
                root.message, start = above.strip(), 0  # a text that begins with it says what its frames are of
            else:
                truncated |= not self.browser
        truncated |= first.state.kind == "mark"
        for draft in self.drafts:
            draft.frames.reverse()
        place = self._excerpt()
        if place is not None:
            root.frames.append(place)
        for draft in self.drafts:
            links = self.links[id(draft)]
            draft.members = [self._chain(member) for member in links.members]
        trace = None if root.type in _NO_ERROR else build(LANGUAGE, self._chain(root), truncated=truncated)
        return Span(start=start, end=self.run[-1].at + 1, trace=trace, prefix=prefix)

    def _is_stack(self) -> bool:
        """A single line that looks like the frame of a browser is none."""
        if self.headless and self.browser and self.frames < 2:
            said = self.run[0].said
            return self.frames == 1 and isinstance(said, FrameLine) and said.opens >= SURE
        return bool(self.frames) or not self.headless

    def _excerpt(self) -> Frame | None:
        """The place above the source line, where no frame tells it: that of a syntax error, of a thrown text."""
        place = excerpt_place(self.lines[self.run[0].at]) if self.run[0].state.kind == "place" else None
        if place is None or self.root is None or place[0].startswith(_NO_FILE):
            return None
        if self.root.frames and not (self.root.type == "SyntaxError" and _is_new(place[0], self.root.frames)):
            return None
        code = self.lines[self.run[1].at] if self.run[1].state.kind in ("source", "throw") else ""
        return Frame(file=place[0], line=place[1], function=None, code=code.strip()[:500] or None)

    def _chain(self, draft: Draft) -> list[Draft]:
        """An error with its causes, oldest first."""
        chain, seen = [draft], {id(draft)}
        while (cause := self.links[id(chain[-1])].cause) is not None and id(cause) not in seen:
            seen.add(id(cause))
            chain.append(cause)
        return chain[::-1]


def _is_new(file: str, frames: Sequence[Frame]) -> bool:
    return ("/" in file or "\\" in file) and all(frame.file != file for frame in frames)


register(
    Reader(
        language=LANGUAGE,
        hints=(
            "  at ",
            "js:",
            ".ts:",
            "sx:",
            "node:internal",
            "(node:",
            "<anonymous>",
            "[native code]",
            ".bundle:",
            "@http",
            "@file:",
            "@resource:",
            "-extension:",
            "webpack",
            "Node.js v",
            "error: Uncaught",
            "(native)",
            "[Error: ",
            "{ Error: ",
            " code@",
        ),
        read=read,
        begin=begin,
        step=step,
    )
)
