"""Which function has to change, for an error with a stack trace.

Takes the frames that lie in the repository and the message; gives functions with the probability that they are the
one. The innermost frame is right in about half of the cases; who called it, what its line asks and what the message
names are the rest. Weights were fitted on fixes whose commit messages quote the trace: see `weights`.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.suspects.candidates import gather
from analyzer.codepaths.suspects.steps import Step
from analyzer.codepaths.suspects.ties import Candidate
from analyzer.codepaths.suspects.weights import probability
from analyzer.model import CodePath, Role

__all__ = ["suspects"]

_CLEAR = 2.0
"""times as probable as the next one: then no rival is close"""
_CLAIMED = 0.5


def suspects(code: Code, steps: Sequence[Step], message: str, *, limit: int = 3) -> list[CodePath]:
    """Functions that may have to change, the most probable first, no function twice; none without a step."""
    if not steps:
        return []
    found = [(probability(c.ties), n, c) for n, c in enumerate(gather(code, steps, message))]
    found.sort(key=lambda f: (-round(f[0], 6), f[1]))
    mapped = {(s.path, s.function): s for s in reversed(steps)}
    out = []
    for place, (belief, _, candidate) in enumerate(found[:limit]):
        following = found[place + 1][0] if place + 1 < len(found) else 0.0
        unique = place == 0 and belief >= _CLAIMED and belief >= _CLEAR * following
        step = mapped.get((candidate.path, candidate.function))
        out.append(_placed(code, candidate, step, round(belief, 6), unique))
    return out


def _placed(code: Code, candidate: Candidate, step: Step | None, belief: float, unique: bool) -> CodePath:
    role = Role.CAUSE
    if candidate.in_trace:
        role = Role.RAISE if candidate.raises else Role.FRAME
    return code.place(
        candidate.path,
        candidate.line,
        candidate.end_line,
        function=candidate.function,
        role=role,
        confidence=belief,
        unique=unique,
        evidence=(*candidate.said.values(), *(step.evidence if step is not None else ())),
    )
