"""The functions that may have to change for a trace: those in it, those its lines ask, and those its message names."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from analyzer.codepaths.fact_rows import MODULE, Function
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.suspects.definitions import Definitions, Place
from analyzer.codepaths.suspects.failing import Asked, Failing, failing_at, failing_text, used_in
from analyzer.codepaths.suspects.naming import Naming, read_message
from analyzer.codepaths.suspects.steps import Step
from analyzer.codepaths.suspects.ties import Candidate, Tie

_ASKING = 4
"""steps from the innermost outwards whose lines are read: what others ask is done by the time"""
_FRAMES = (Tie.FIRST, Tie.SECOND, Tie.THIRD, Tie.FURTHER)
_ORDINALS = ("innermost", "second", "third")
_GENERIC = frozenset(
    {"wrapper", "_wrapper", "wrapped", "_wrapped", "wrap", "inner", "_inner", "decorator", "decorated", "func"}
    | {"__call__", "__enter__", "__exit__", "__getattr__", "__getattribute__"}
    | {"run", "main", "execute", "dispatch", "invoke", "apply"}
)
_MOST_FILES = 8.0


def gather(code: Code, steps: Sequence[Step], message: str) -> list[Candidate]:
    """All candidates in the order in which they were met: frames from the innermost outwards, then what they ask."""
    return _Gathering(code, steps, read_message(message)).run()


class _Gathering:
    def __init__(self, code: Code, steps: Sequence[Step], naming: Naming) -> None:
        self._code = code
        self._steps = steps
        self._naming = naming
        self._definitions = Definitions(code)
        self._found: dict[Place, Candidate] = {}

    def run(self) -> list[Candidate]:
        failing = {n: self._failing(step) for n, step in enumerate(self._steps)}
        self._frames(failing)
        used: set[str] = set()
        for number, step in enumerate(self._steps[:_ASKING]):
            self._lines(step, failing[number])
            node = self._code.function(step.path, step.function)
            if node is not None:
                used |= used_in(node)
        for step in self._steps[:_ASKING]:
            self._class_of(step, used)
        self._named()
        for candidate in self._found.values():
            self._describe(candidate)
        return list(self._found.values())

    def _frames(self, failing: dict[int, Failing]) -> None:
        times = Counter((s.path, s.function) for s in self._steps)
        weak = 0  # so many functions, from the innermost outwards, can hardly be at fault
        for number, step in enumerate(self._steps):
            place = (step.path, step.function)
            known = self._found.get(place)
            if known is not None and known.in_trace:
                continue
            candidate = self._at(place)
            candidate.in_trace, candidate.raises = True, step.raises
            candidate.line, candidate.end_line = step.line, step.end_line
            if step.later:
                candidate.tie(Tie.LATER, "it is in the trace of a later exception")
            else:
                rank = min(step.depth, len(_FRAMES) - 1)
                where = _ORDINALS[rank] if rank < len(_ORDINALS) else f"{step.depth + 1}th"
                where = where if rank == 0 else f"{where} from inside"
                candidate.tie(_FRAMES[rank], f"the {where} of the repository's functions in the trace")
            if len(times) == 1:
                candidate.tie(Tie.ALONE, "no other function of the repository is in it")
            if times[place] > 1:
                candidate.tie(Tie.AGAIN, f"it is {times[place]} times in the trace", math.log2(times[place]))
            if step.raises:
                candidate.tie(Tie.RAISES, "the exception is raised there")
            if step.below:
                candidate.tie(Tie.OUTSIDE, f"below it {step.below} frames of other code were running")
            if failing[number].passes_on:
                candidate.tie(Tie.HANDS_ON, "its line only hands its arguments on")
            if step.depth == 0 and not step.later:
                self._values(candidate, step, failing[number])
            if 0 < step.depth <= weak:
                candidate.tie(Tie.ABOVE, "what it called only hands on, or failed for what it was given")
            if step.depth == weak and (_is_weak(step, failing[number])):
                weak += 1

    @staticmethod
    def _values(candidate: Candidate, step: Step, failing: Failing) -> None:
        if step.raises:
            if failing.given or not failing.local:
                candidate.tie(Tie.CHECKS, "it raises for what it was given")
        elif failing.local:
            candidate.tie(Tie.LOCAL, "its line works on values that it made itself")
        elif failing.given:
            candidate.tie(Tie.GIVEN, "its line works on nothing but what it was given")

    def _failing(self, step: Step) -> Failing:
        module = self._code.module(step.path)
        if step.sure and module is not None:
            return failing_at(module, self._code.function(step.path, step.function), step.line)
        return failing_text(step.code or "")

    def _lines(self, step: Step, failing: Failing) -> None:
        at = f"{step.path}:{step.line}"
        for asked in failing.asked:
            tie, said = (Tie.CALLED, "calls it") if asked.called else (Tie.READ, "reads it")
            self._tie(step, asked, tie, f"{at} {said}")
            if asked.called and step.depth == 0:
                self._disagreeing(step, asked, at)
        for asked in failing.made:
            self._tie(step, asked, Tie.MADE, f"it gave a value that {at} uses")
        owner = self._definitions.owner(step.path, step.function)
        facts = self._code.facts.of(step.path)
        for row in facts.accesses if owner and failing.read else ():
            function = facts.functions[row.function].name
            if row.writes and row.receiver == "self" and row.name in failing.read and function.startswith(f"{owner}."):
                candidate = self._at((step.path, function))
                if row.name == self._naming.attribute:
                    candidate.tie(Tie.SETS_LACKING, f"it sets self.{row.name}, which is lacking at {at}")
                elif not candidate.in_trace:
                    candidate.tie(Tie.SETS, f"it sets self.{row.name}, which {at} reads")

    def _tie(self, step: Step, asked: Asked, tie: Tie, sentence: str) -> None:
        places = self._definitions.of(asked, step.path, step.function)
        for candidate in map(self._at, places):
            if not candidate.in_trace:
                candidate.tie(tie, sentence, 1 / len(places))

    def _disagreeing(self, step: Step, asked: Asked, at: str) -> None:
        """A call and the function that refused its arguments."""
        places = self._definitions.of(asked, step.path, step.function)
        for place in places:
            if any(name.rpartition(".")[2] == place[1].rpartition(".")[2] for name in self._naming.functions):
                candidate = self._at(place)
                candidate.tie(Tie.NAMED, f"the message names it, and {at} calls it", 1 / len(places))
                candidate.drop(Tie.CALLED)

    def _class_of(self, step: Step, used: set[str]) -> None:
        owner = self._definitions.owner(step.path, step.function)
        facts = self._code.facts.of(step.path)
        body = next((c for c in facts.classes if c.name == owner), None)
        if body is None:
            return
        for row in facts.functions:
            if row.owner == owner and row.name.rpartition(".")[2] in used:
                mate = self._at((step.path, row.name))
                if not mate.in_trace:
                    mate.tie(Tie.MATE, f"{step.function} and it are methods of {owner}, and the trace's methods use it")
        tie = Tie.CLASS if step.depth == 0 else Tie.CLASSES
        self._body(step.path, body.name, body.line).tie(
            tie, f"something may be missing in the class of {step.function}"
        )

    def _named(self) -> None:
        near = {s.path for s in self._steps}
        for name in self._naming.functions:
            for place, share in self._definitions.meant(name, near):
                self._at(place).tie(Tie.NAMED, f"the message names {name}()", share)
        for name in self._naming.classes:
            found = self._definitions.classes(name)
            lacks = name == self._naming.owner
            for path, row in found if self._definitions.are_few(found) else ():
                body = self._body(path, row.name, row.line)
                said = f"the message says that it has no {self._naming.attribute}" if lacks else "the message names it"
                body.tie(Tie.LACKING if lacks else Tie.NAMED_CLASS, said, 1 / len(found))

    def _describe(self, candidate: Candidate) -> None:
        name = candidate.function.rpartition(".")[2]
        row = self._row((candidate.path, candidate.function))
        lines = row.end_line - row.line + 1 if row is not None and name != MODULE else 10
        candidate.tie(Tie.LONG, value=math.log2(max(1, lines)))
        dunder = name.startswith("__") and name != "__init__"
        wide = 3.0 if dunder else min(_MOST_FILES, math.log2(1 + self._code.facts.mentioned(name)))
        candidate.tie(Tie.WIDE, value=wide)
        if _is_generic(candidate.function):
            candidate.tie(Tie.GENERIC, "it is called like what runs other functions")
        if name == MODULE:
            candidate.tie(Tie.MODULE)
        if self._steps and candidate.path == self._steps[0].path:
            candidate.tie(Tie.SAME_FILE)

    def _at(self, place: Place) -> Candidate:
        if place not in self._found:
            row = self._row(place)
            line = row.line if row is not None and row.name != MODULE else 1
            node = self._code.function(*place)
            line = node.lineno if node is not None else line
            self._found[place] = Candidate(*place, line, line)
        return self._found[place]

    def _body(self, path: str, name: str, line: int) -> Candidate:
        candidate = self._at((path, name))
        candidate.line = candidate.end_line = line
        return candidate

    def _row(self, place: Place) -> Function | None:
        functions: Iterable[Function] = self._code.facts.of(place[0]).functions
        return next((f for f in functions if f.name == place[1]), None)


def _is_weak(step: Step, failing: Failing) -> bool:
    """Whether a frame can hardly be at fault itself."""
    return failing.passes_on or _is_generic(step.function) or (step.depth == 0 and failing.given)


def _is_generic(function: str) -> bool:
    return function.rpartition(".")[2] in _GENERIC
