"""The functions that may have to change for a trace: those in it, those its lines ask, and those its message names."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from analyzer.codepaths.fact_rows import MODULE
from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.suspects.definitions import MAX_RIVALS, Definitions, Place
from analyzer.codepaths.suspects.failing import Asked, Failing, failing_at, failing_text, guarded_by, used_in
from analyzer.codepaths.suspects.steps import Step

_MAX_STEPS = 40
_DEEP = 3
_CALLED_NAME = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*){0,4})\(\)")
_NO_ATTRIBUTE = re.compile(r"'([^\W\d]\w*)' object has no attribute '([^\W\d]\w*)'")
_QUOTED = re.compile(r"['\"`]([^\W\d]\w{2,60})['\"`]|\b([A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+)\b")
_GENERIC = frozenset(
    "wrapper wrapped inner wrap decorator decorated _wrapper _inner inner_f wrapped_f func _wrapped_view_func __call__ "
    "__exit__ __enter__ __getattr__ __getattribute__ run main execute dispatch invoke apply".split()
)


@dataclass(slots=True)
class Candidate:
    """A function with what ties it to the trace."""

    path: str
    function: str
    line: int
    features: dict[str, float] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def tie(self, name: str, sentence: str, value: float = 1.0) -> None:
        if value > self.features.get(name, 0.0):
            self.features[name] = value
            self.said[name] = sentence


def gather(code: Code, steps: Sequence[Step], message: str, exception: str) -> list[Candidate]:
    """All candidates, in the order in which they were met: frames from the innermost outwards, then what they ask."""
    return _Gathering(code, steps, message, exception).run()


class _Gathering:
    def __init__(self, code: Code, steps: Sequence[Step], message: str, exception: str) -> None:
        self.code = code
        self.steps = list(steps)[:_MAX_STEPS]
        self.message = message
        self.exception = exception
        self.definitions = Definitions(code)
        self.found: dict[Place, Candidate] = {}
        self.weak = 0

    def run(self) -> list[Candidate]:
        times = Counter((s.path, s.function) for s in self.steps)
        for step in self.steps:
            self._frame(step, times[step.path, step.function])
        used: Counter[str] = Counter()
        for step in self.steps[: _DEEP + 1]:
            failing = self._failing(step)
            self._asked(step, failing)
            node = self.code.function(step.path, step.function)
            if node is not None:
                used.update(used_in(node))
        self._mates(used)
        self._named()
        for candidate in self.found.values():
            self._size(candidate)
        return list(self.found.values())

    def _at(self, place: Place) -> Candidate:
        if place not in self.found:
            row = next((f for f in self.code.facts.of(place[0]).functions if f.name == place[1]), None)
            self.found[place] = Candidate(place[0], place[1], row.line if row is not None else 1)
        return self.found[place]

    def _frame(self, step: Step, times: int) -> None:
        place = (step.path, step.function)
        known = place in self.found
        candidate = self._at(place)
        if known:
            return
        candidate.line = step.line
        where = "innermost" if not step.depth else f"{step.depth + 1}th from inside"
        name = f"frame{min(step.depth, 3)}" if not step.later else "frame_rest"
        candidate.tie(name, f"a frame of the trace, the {where} in the repository")
        if step.raises:
            candidate.tie(f"raise{min(step.depth, 1)}", "it raises the exception itself")
        if step.below:
            candidate.tie("below", f"below it {step.below} frames of other code were running")
        weak = step.function.rpartition(".")[2] in _GENERIC or step.function.rpartition(".")[2].startswith("__")
        if step.raises:
            node = self.code.function(step.path, step.function)
            names = guarded_by(node, step.line) if node is not None else None
            if names is not None:
                row = self.code.facts.function_at(step.path, step.line)
                params = {p.lstrip("*") for p in row.params} - {"self", "cls"} if row is not None else set()
                if names & params and "self" not in names:
                    candidate.tie("guard", "what raises there looks at an argument only")
                    weak = True
        if self._failing(step).passes_on:
            weak = True
        if step.depth and self.weak >= step.depth:
            candidate.tie("inner_weak", "what it called only checks or hands on")
        if weak and self.weak == step.depth:
            self.weak += 1
        if times > 1:
            candidate.tie("again", f"it is {times} times in the trace", math.log2(times))
        if self._failing(step).passes_on:
            candidate.tie("passes_on", "its line only hands its arguments on")
        if len({(s.path, s.function) for s in self.steps}) == 1:
            candidate.tie("only", "the only one of the repository")

    def _failing(self, step: Step) -> Failing:
        module = self.code.module(step.path)
        if step.sure and module is not None:
            function = None if step.function == MODULE else self.code.function(step.path, step.function)
            return failing_at(module, function, step.line)
        return failing_text(step.code or "")

    def _asked(self, step: Step, failing: Failing) -> None:
        depth = min(step.depth, 2)
        inner = {s.function.rpartition(".")[2] for s in self.steps if s.depth < step.depth}
        for asked in failing.asked:
            self._tie(step, asked, f"call{depth}" if asked.called else f"read{depth}", "its line asks", inner)
        for asked in failing.made:
            self._tie(step, asked, f"made{depth}", "made a value of the failing line", inner)
        owner = self.definitions.owner(step.path, step.function)
        for name in failing.read if owner else ():
            for row in self.code.facts.of(step.path).accesses:
                function = self.code.facts.of(step.path).functions[row.function].name
                if row.writes and row.name == name and row.receiver == "self" and function.startswith(f"{owner}."):
                    lacking = _NO_ATTRIBUTE.search(self.message)
                    if lacking and lacking[2] == name:
                        self._at((step.path, function)).tie("sets_lacking", "sets what is lacking")
                    if function != step.function:
                        self._at((step.path, function)).tie(f"write{depth}", f"it sets self.{name}, which is read there")

    def _tie(self, step: Step, asked: Asked, name: str, sentence: str, inner: set[str]) -> None:
        places = self.definitions.of(asked, step.path, step.function)
        for place in places:
            if place == (step.path, step.function):
                continue
            candidate = self._at(place)
            if not step.depth and "NoneType" in self.message and name in ("call0", "made0", "read0"):
                candidate.tie("none_made", "its result may be the None")
            candidate.tie(name, f"{step.path}:{step.line} {sentence} {asked.name}", 1 / len(places))

    def _mates(self, used: Counter[str]) -> None:
        for step in self.steps[: _DEEP + 1]:
            owner = self.definitions.owner(step.path, step.function)
            if not owner:
                continue
            for row in self.code.facts.of(step.path).functions:
                name = row.name.rpartition(".")[2]
                if row.owner == owner and row.name != step.function and name in used:
                    self._at((step.path, row.name)).tie(f"mate{min(step.depth, 1)}", f"{step.function} uses it")
            row_of = next((c for c in self.code.facts.of(step.path).classes if c.name == owner), None)
            if row_of is not None:
                self._at((step.path, owner)).tie(f"body{min(step.depth, 1)}", f"{step.function} is defined in it")
                self._at((step.path, owner)).line = row_of.line

    def _named(self) -> None:
        for name in dict.fromkeys(_CALLED_NAME.findall(self.message)):
            last = name.rpartition(".")[2]
            places = [p for p in self.definitions.named(last) if p[1].endswith(name)] or self.definitions.named(last)
            classes = [c for p, k in self.definitions.classes(last) for c in self.definitions.constructors(p, k.name)]
            near = [p for p in places if any(s.path == p[0] for s in self.steps)]
            places = near or places or classes
            for place in places if len(places) <= MAX_RIVALS else ():
                self._at(place).tie("msg_function", f"the message names {name}()", 1 / len(places))
        lacking = _NO_ATTRIBUTE.search(self.message)
        for a, b in dict.fromkeys(_QUOTED.findall(self.message)):
            name = a or b
            classes2 = self.definitions.classes(name)
            for path, row in classes2 if len(classes2) <= MAX_RIVALS else ():
                candidate = self._at((path, row.name))
                candidate.line = row.line
                kind = "msg_lacks" if lacking and lacking[1] == name else "msg_class"
                candidate.tie(kind, f"the message names the class {name}", 1 / len(classes2))
        if lacking and not lacking[1].startswith("None"):
            for path, row in self.definitions.classes(lacking[1])[:MAX_RIVALS]:
                for step in self.steps:
                    if step.path == path and step.function.startswith(row.name + "."):
                        self._at((path, step.function)).tie("msg_owner", "")
        words = set(re.findall(r"[a-z]{3,}", self.message.lower()))
        for candidate in self.found.values():
            mine = set(re.findall(r"[a-z]{3,}", re.sub(r"([A-Z])", r" \1", candidate.function.rpartition(".")[2]).lower()))
            if mine & words:
                candidate.tie("words", "its name has words of the message", len(mine & words) / len(mine))

    def _size(self, candidate: Candidate) -> None:
        row = next((f for f in self.code.facts.of(candidate.path).functions if f.name == candidate.function), None)
        name = candidate.function.rpartition(".")[2]
        size = row.end_line - row.line + 1 if row is not None and name != MODULE else 10
        candidate.features["size"] = math.log2(max(1, size))
        if name.startswith("__") and name not in ("__init__",):
            candidate.features["dunder"] = 1.0
            candidate.features["fan"] = 3.0
        else:
            candidate.features["fan"] = min(8.0, math.log2(1 + self.code.facts.mentioned(name)))
        if name in _GENERIC:
            candidate.features["generic"] = 1.0
        if name == "__init__":
            candidate.features["init"] = 1.0
        if name == MODULE:
            candidate.features["module"] = 1.0
        if self.steps and candidate.path == self.steps[0].path:
            candidate.features["same_file"] = 1.0
        if self.steps and candidate.path.rpartition("/")[0] == self.steps[0].path.rpartition("/")[0]:
            candidate.features["same_folder"] = 1.0
