"""Which frames are ours, by text alone: the rules of the kind `frames`."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from analyzer.model import Frame, StackTrace
from analyzer.rules import Rule, load_rules

_MAX_KNOWN = 50_000


class FrameJudge:
    """Judges frames by rules; a frame that was seen before costs nothing."""

    __slots__ = ("_known", "rules")

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self.rules = rules
        self._known: dict[tuple[str, Frame], Frame] = {}

    def judge(self, trace: StackTrace) -> StackTrace:
        """The same trace with every frame's `in_app` by the rules."""
        if not any(e.frames for e in trace.exceptions):
            return trace
        language = trace.language
        exceptions = []
        for exception in trace.exceptions:
            frames = tuple([self._judged(language, frame) for frame in exception.frames])
            exceptions.append(replace(exception, frames=frames))
        return replace(trace, exceptions=tuple(exceptions))

    def _judged(self, language: str, frame: Frame) -> Frame:
        known = self._known.get((language, frame))
        if known is None:
            ours = self._is_ours(language, frame)
            known = frame if frame.in_app == ours else replace(frame, in_app=ours)
            if len(self._known) >= _MAX_KNOWN:
                self._known.clear()
            self._known[language, frame] = known
        return known

    def _is_ours(self, language: str, frame: Frame) -> bool:
        """The last rule that finds the frame decides; one without a file is not ours unless a rule says so."""
        path, function = (frame.file or "").replace("\\", "/"), frame.function or ""
        if not path and not function:
            return False
        for rule in reversed(self.rules):
            if not rule.extra.get("helper") and rule.finds_frame(language, path, function):
                return bool(rule.extra.get("in_app", False))
        return bool(path)


_JUDGES: dict[int, FrameJudge] = {}
_MAX_JUDGES = 8


def judge_by(rules: Sequence[Rule]) -> FrameJudge:
    """The judge for these rules, the shipped ones where there are none; the same one for the same tuple of rules."""
    chosen = rules if isinstance(rules, tuple) and rules else tuple(rules) or load_rules("frames")
    known = _JUDGES.get(id(chosen))
    if known is not None and known.rules is chosen:
        return known
    if len(_JUDGES) >= _MAX_JUDGES:
        _JUDGES.clear()
    judge = _JUDGES[id(chosen)] = FrameJudge(chosen)
    return judge
