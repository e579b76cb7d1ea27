"""Which words of the forms vary: gap evidence, and rarer forms that a commoner one describes.

A gap between equal contexts is variable when many different words fill it. Few fillers stay apart: that keeps
Started, Paused and Stopped three events. Everything is decided on all forms at once, by counts: no order, no
similarity threshold.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from analyzer.signatures.forms import Form, W, is_wild, is_word

MIN_FILLERS = 6
MIN_IDENTIFIER_FILLERS = 5
"""enough when at least half of the fillers look like identifiers"""
MIN_KNOWN_FILLERS = 2
MIN_GAPS = 3
"""a word is known as a value when it fills so many gaps that are variable by their own evidence"""
MAX_ROUNDS = 6
MAX_SPAN = 5
"""so many tokens a wildcard may stand for when a rarer form is absorbed"""
_IDENTIFIER = re.compile(r"[a-z0-9][A-Z]|[_\-./\\$@#*]|^[A-Z]{2,}\d|.{20}")

Counts = Mapping[Form, int]


def find_variables(forms: Iterable[Form], *, max_gap: int = 2, borrow: bool = True) -> dict[Form, Form]:
    """Every form with its variable words as wildcards.

    `borrow`: words that are values in many gaps are evidence for a gap with too few fillers of its own.
    """
    now = {form: form for form in forms}
    for _ in range(MAX_ROUNDS):
        step = _round(sorted(set(now.values())), max_gap, borrow)
        if not step:
            break
        now = {form: step.get(mid, mid) for form, mid in now.items()}
    return now


def _round(forms: list[Form], max_gap: int, borrow: bool) -> dict[Form, Form]:
    """form → form with wildcards, for the forms that change."""
    prefix_of, suffix_of = _numbering(), _numbering()
    fillers: dict[tuple[int, int, int], set[tuple[str, ...]]] = defaultdict(set)
    sites: dict[Form, list[tuple[int, int, tuple[int, int, int]]]] = {}
    for form in forms:
        prefixes, suffixes = _ends(form, prefix_of), _ends(form[::-1], suffix_of)[::-1]
        words = [is_word(t) for t in form]
        total = sum(words)
        mine = []
        for start, _ in enumerate(form):
            for size in range(1, max_gap + 1):
                end = start + size
                if end > len(form) or not words[start] or not words[end - 1]:
                    continue
                if total - sum(words[start:end]) < size:
                    continue
                key = (size, prefixes[start], suffixes[end])
                fillers[key].add(tuple(t.strip() for t in form[start:end]))
                mine.append((start, end, key))
        sites[form] = mine
    variable = {key for key, found in fillers.items() if _varies(found)}
    if borrow:
        values = Counter(word for key in variable for filler in fillers[key] for word in set(filler))
        variable |= {key for key, found in fillers.items() if _all_values(found, values)}
    changed = {}
    for form, mine in sites.items():
        gaps = [(start, end) for start, end, key in mine if key in variable]
        if gaps:
            changed[form] = _with_wildcards(form, gaps)
    return changed


def _varies(found: set[tuple[str, ...]]) -> bool:
    if len(found) >= MIN_FILLERS:
        return True
    return len(found) >= MIN_IDENTIFIER_FILLERS and 2 * sum(_looks_generated(f) for f in found) >= len(found)


def _all_values(found: set[tuple[str, ...]], values: Mapping[str, int]) -> bool:
    """Two fillers are enough when every word of them is known to be a value in other gaps."""
    return len(found) >= MIN_KNOWN_FILLERS and all(values[w] >= MIN_GAPS for filler in found for w in filler)


def _looks_generated(filler: tuple[str, ...]) -> bool:
    return any(_IDENTIFIER.search(word) for word in filler)


def _with_wildcards(form: Form, gaps: list[tuple[int, int]]) -> Form:
    """Shorter gaps first, then from the left. A gap beside one already taken, or that leaves no word, waits."""
    taken = [False] * len(form)
    left = sum(is_word(t) for t in form)
    starts: dict[int, int] = {}
    for start, end in sorted(gaps, key=lambda g: (g[1] - g[0], g[0])):
        cost = sum(is_word(t) for t in form[start:end])
        if any(taken[max(0, start - 1) : end + 1]) or left - cost < 1:
            continue
        left -= cost
        starts[start] = end
        taken[start:end] = [True] * (end - start)
    out: list[str] = []
    at = 0
    while at < len(form):
        if at in starts:
            if not (out and is_wild(out[-1])):
                out.append((" " if form[at].startswith(" ") else "") + W)
            at = starts[at]
        elif is_wild(form[at]) and out and is_wild(out[-1]):
            at += 1
        else:
            out.append(form[at])
            at += 1
    return tuple(out)


def absorb(counts: Counts) -> dict[Form, Form]:
    """form → the commoner form that describes it, or itself. A wildcard stands for 1 to 5 tokens."""
    order = sorted(counts, key=lambda f: (-counts[f], len(f), f))
    by_constant: dict[str, list[Form]] = defaultdict(list)
    home: dict[Form, Form] = {}
    for form in order:
        home[form] = _describer(form, counts, by_constant) or form
        if home[form] == form and any(map(is_wild, form)):
            words = [t.strip() for t in form if is_word(t)]
            if len(words) >= 2:
                by_constant[max(words, key=lambda w: (len(w), w))].append(form)
    return home


def _describer(form: Form, counts: Counts, by_constant: Mapping[str, list[Form]]) -> Form | None:
    positions: dict[str, int] = defaultdict(int)
    for n, token in enumerate(form):
        positions[token.strip()] |= 1 << n
    best: tuple[int, Form] | None = None
    for word in positions:
        for template in by_constant.get(word, ()):
            factor = 2 if len(template) == len(form) else 5
            if counts[template] < factor * counts[form]:
                continue
            if _matches(template, positions, len(form)) and (best is None or (-counts[template], template) < best):
                best = (-counts[template], template)
    return best[1] if best else None


def _matches(template: Form, positions: Mapping[str, int], length: int) -> bool:
    """True when the template describes the form; bit n of `states` says that its first n tokens are accounted for."""
    states = 1
    for token in template:
        if is_wild(token):
            step = states
            states = 0
            for _ in range(MAX_SPAN):
                step <<= 1
                states |= step
        else:
            states = (states & positions.get(token.strip(), 0)) << 1
        if not states:
            return False
    return bool(states >> length & 1)


def _numbering() -> Callable[[tuple[int, str]], int]:
    known: dict[tuple[int, str], int] = {}
    return lambda key: known.setdefault(key, len(known) + 1)


def _ends(form: Form, number: Callable[[tuple[int, str]], int]) -> list[int]:
    """The number of every prefix, the empty one (0) first."""
    ends = [0]
    for token in form:
        ends.append(number((ends[-1], token)))
    return ends
