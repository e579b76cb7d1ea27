"""Rarer forms that a commoner one describes: a value of several words, a list of another length.

A wildcard stands for one to five tokens, none of them a word that is known as a constant: a tail that says why
something failed is no value, however rare it is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence

from analyzer.signatures.folding import W
from analyzer.signatures.forms import Form, is_word

MAX_SPAN = 5
"""so many tokens a wildcard may stand for"""
MIN_RATIO = 2
"""a template of another length must be so many times as frequent; one of equal length as frequent"""


def absorb(counts: Mapping[Form, int], constants: Collection[str]) -> dict[Form, Form]:
    """form → the commonest form that describes it, or itself."""
    templates = {form: frozenset(filter(is_word, form)) for form in counts if W in form}
    templates = {form: words for form, words in templates.items() if sum(map(is_word, form)) >= 2}
    holders = Counter(word for words in templates.values() for word in words)
    by_word: dict[str, list[Form]] = defaultdict(list)
    for form, words in templates.items():
        by_word[min(words, key=lambda w: (holders[w], w))].append(form)
    home: dict[Form, Form] = {}
    for form in sorted(counts, key=lambda f: (-counts[f], len(f), f)):
        words = frozenset(form)
        best = form
        for word in words & by_word.keys():
            for template in by_word[word]:
                if (
                    templates[template] <= words
                    and home.get(template) == template
                    and counts[template] >= (1 if len(template) == len(form) else MIN_RATIO) * counts[form]
                    and describes(template, form, constants)
                    and (best is form or (-counts[template], template) < (-counts[best], best))
                ):
                    best = template
        home[form] = best
    return home


def describes(template: Form, form: Sequence[str], constants: Collection[str]) -> bool:
    """True when the template describes the form; bit n of `states` says that its first n tokens are accounted for."""
    positions: dict[str, int] = defaultdict(int)
    open_to_values = 0
    for n, token in enumerate(form):
        positions[token] |= 1 << n
        if token not in constants:
            open_to_values |= 1 << n
    states = 1
    for token in template:
        if token == W:
            step = states
            states = 0
            for _ in range(MAX_SPAN):
                step = (step & open_to_values) << 1
                states |= step
        else:
            states = (states & positions.get(token, 0)) << 1
        if not states:
            return False
    return bool(states >> len(form) & 1)
