"""How well groups agree with what is known: the measures of the log-parsing literature, by groups alone.

GA, the share of messages whose group is exactly a true one; FGA, F1 of groups (Jiang et al., ISSTA 2024); and the share
of messages in groups that mix true ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import NamedTuple


class Scores(NamedTuple):
    ga: float
    fga: float
    mixed: float


def grouping_scores(true: Sequence[Hashable], found: Sequence[Hashable]) -> Scores:
    of_true, of_found, joint = Counter(true), Counter(found), Counter(zip(true, found, strict=True))
    exact = [n for (t, f), n in joint.items() if n == of_true[t] == of_found[f]]
    members = Counter(f for _, f in joint)
    mixed = sum(of_found[f] for f, kinds in members.items() if kinds > 1)
    return Scores(sum(exact) / len(true), 2 * len(exact) / (len(of_true) + len(of_found)), mixed / len(true))
