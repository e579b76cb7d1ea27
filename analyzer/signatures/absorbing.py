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
MIN_WORDS = 2
"""so many constants a template must have"""
MAX_TEMPLATES = 200
"""so many templates of the same two rarest words are tried, the commonest first: enough for logs, and a bound"""
MIN_RATIO = 2
"""a template of another length must be so many times as frequent; one of equal length as frequent"""


def absorb(counts: Mapping[Form, int], constants: Collection[str]) -> dict[Form, Form]:
    """form → the commonest form that describes it, or itself."""
    words_of = {form: frozenset(filter(is_word, form)) for form in counts}
    holders = Counter(word for form, words in words_of.items() if W in form for word in words)
    by_words: dict[str, dict[str, list[Form]]] = defaultdict(lambda: defaultdict(list))
    home: dict[Form, Form] = {}
    for form in sorted(counts, key=lambda f: (-counts[f], len(f), f)):
        words = words_of[form]
        best = form
        for word in words & by_words.keys():
            for templates in map(by_words[word].__getitem__, words & by_words[word].keys()):
                for template in templates:
                    if (
                        words_of[template] <= words
                        and counts[template] >= (1 if len(template) == len(form) else MIN_RATIO) * counts[form]
                        and describes(template, form, constants)
                        and (best is form or (-counts[template], template) < (-counts[best], best))
                    ):
                        best = template
        home[form] = best
        if best is form and W in form and sum(map(is_word, form)) >= MIN_WORDS:
            rarest = sorted(words, key=lambda w: (holders[w], w))
            templates = by_words[rarest[0]][rarest[min(1, len(rarest) - 1)]]
            if len(templates) < MAX_TEMPLATES:
                templates.append(form)
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
