"""Which words of the forms vary: gap evidence, weighed by what each word is elsewhere.

A gap is variable when enough different words fill it that are not known as constants. A word is known as one where
most other contexts that hold it never hold another: so a noun that follows one phrase as many others do stays a noun,
a name that always comes with others is a value, and few fillers without a record (Started, Paused, Stopped) stay
apart. Everything is decided on all forms at once, by counts: no order, no similarity threshold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from analyzer.signatures.folding import W
from analyzer.signatures.forms import Form, is_word

if TYPE_CHECKING:
    from analyzer.signatures.evidence import Evidence, Flags, Ints

MIN_FILLERS = 6
MIN_IDENTIFIER_FILLERS = 5
"""enough when at least half of the fillers look like identifiers"""
MIN_FIRST_FILLERS = 12
"""the first word of a message names the event more often than a value"""
MIN_KNOWN_FILLERS = 2
"""enough when all of them are known as values elsewhere"""
MIN_CONTEXTS = 4
"""a word is known as a constant by so many other contexts at least"""
CONSTANT_SHARE = 0.5
"""of the other contexts that hold a constant, fewer than this share hold another word too"""
VALUE_SHARE = 0.6
"""of the other contexts that hold a value, at least this share hold another word too"""
MANY_SHARE = 0.1
"""and at least this share so many that it varies by itself: of a pair (before, after) each only holds the other"""
EVIDENT_SHARE = 0.6
"""where at least this share of the fillers is no constant, all of them are values"""
LOCKED_SHARE = 0.8
"""two words that are neighbours in this share of their places are one value of two words"""
MAX_REPEATS = 16
"""dotted names that come back less often than this, on average, are an open set"""
MAX_ROUNDS = 6


def find_variables(counts: Mapping[Form, int]) -> tuple[dict[Form, Form], frozenset[str]]:
    """(every form with its variable words as wildcards, the words known as constants)."""
    from analyzer.signatures.evidence import weigh  # numpy, when it is first needed

    now = {form: counts[form] for form in counts if form}
    steps: list[dict[Form, Form]] = []
    known: frozenset[str] | None = None
    while now and len(steps) < MAX_ROUNDS:
        evidence = weigh(now, many=MIN_FILLERS, locked_share=LOCKED_SHARE)
        if known is None:
            known = _constants(evidence)
        step = _generalised(list(now), evidence)
        if not step:
            break
        for to, count in [(to, now.pop(form)) for form, to in step.items()]:
            now[to] = now.get(to, 0) + count
        steps.append(step)
    home = {}
    for form in counts:
        to = form
        for step in steps:
            to = step.get(to, to)
        home[form] = to
    return home, known or frozenset()


def _variable(evidence: Evidence) -> Flags:
    """For every filling, whether it is a value."""
    import numpy as np

    fillings, gaps, words = evidence.fillings, evidence.gaps, evidence.words
    gap = fillings.gap
    constant_word = (words.contexts >= MIN_CONTEXTS) & (words.varied < CONSTANT_SHARE * words.contexts)
    left, right = fillings.words
    constant = (fillings.contexts >= MIN_CONTEXTS) & (fillings.varied < CONSTANT_SHARE * fillings.contexts)
    constant |= (right > 0) & ~fillings.locked & (constant_word[left] | constant_word[right])
    value = (fillings.many > 0) & (fillings.many >= MANY_SHARE * fillings.contexts)
    value &= fillings.varied >= VALUE_SHARE * fillings.contexts

    def per_gap(flags: Flags) -> Ints:
        return np.bincount(gap, weights=flags, minlength=len(gaps.fillers)).astype(np.int64)

    evident = ~constant | (per_gap(~constant) >= EVIDENT_SHARE * gaps.fillers)[gap]
    fillers = per_gap(evident)
    enough = fillers >= np.where(gaps.first, MIN_FIRST_FILLERS, MIN_FILLERS)
    enough |= (
        ~gaps.first & (fillers >= MIN_IDENTIFIER_FILLERS) & (2 * per_gap(evident & fillings.identifier) >= fillers)
    )
    enough |= (fillers >= MIN_KNOWN_FILLERS) & (per_gap(evident & ~value) == 0)
    open_names = (gaps.fillers >= 2) & (per_gap(fillings.dotted) == gaps.fillers)
    open_names &= ~enough & (gaps.messages < MAX_REPEATS * gaps.fillers)
    found: Flags = (enough[gap] & evident) | open_names[gap]
    return found


def _constants(evidence: Evidence) -> frozenset[str]:
    """The words known as constants; not those of a value of two words."""
    import numpy as np

    words, fillings = evidence.words, evidence.fillings
    constant = (words.contexts >= MIN_CONTEXTS) & (words.varied < CONSTANT_SHARE * words.contexts)
    value = fillings.locked & (fillings.contexts > 0) & (fillings.varied >= CONSTANT_SHARE * fillings.contexts)
    for column in fillings.words:
        constant[column[value]] = False
    return frozenset(words.texts[n] for n in np.flatnonzero(constant).tolist())


def _generalised(forms: list[Form], evidence: Evidence) -> dict[Form, Form]:
    """form → form with wildcards, for the forms that change."""
    import numpy as np

    sites = evidence.sites
    chosen = np.flatnonzero(sites.usable & _variable(evidence)[sites.filling])
    gaps_of: dict[int, list[tuple[int, int]]] = {}
    for form, start, size in zip(*(c[chosen].tolist() for c in (sites.form, sites.start, sites.size)), strict=True):
        gaps_of.setdefault(form, []).append((start, start + size))
    return {forms[number]: _with_wildcards(forms[number], gaps) for number, gaps in gaps_of.items()}


def _with_wildcards(form: Form, gaps: list[tuple[int, int]]) -> Form:
    """Shorter gaps first, then from the left. A gap beside one already taken, or that leaves no word, waits."""
    chosen: list[tuple[int, int]] = []
    left = sum(map(is_word, form)) if len(gaps) > 1 else len(form)
    for start, end in sorted(gaps, key=lambda g: (g[1] - g[0], g[0])):
        if left - (end - start) >= 1 and all(end < a or start > b for a, b in chosen):
            left -= end - start
            chosen.append((start, end))
    out = list(form)
    for start, end in sorted(chosen, reverse=True):
        out[start:end] = [W]
        if out[start + 1 : start + 2] == [W]:
            del out[start]
        if start and out[start - 1] == W:
            del out[start]
    return tuple(out)
