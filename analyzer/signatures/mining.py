"""Template mining over a set of messages: the same groups for any order and any partition of the input.

`summarize` folds messages to counts and a few real heads, `merge` adds two summaries (commutative, associative),
`finalize` decides on the distinct forms only. `mine` is the three for a list in memory.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

from analyzer.model import placeholder_values
from analyzer.model.collecting import collector_paused
from analyzer.signatures.absorbing import absorb
from analyzer.signatures.folding import Fold, fold, fold_batch, head_of, merge_folds
from analyzer.signatures.forms import Form, forms_of, masked_form, write
from analyzer.signatures.gaps import find_variables
from analyzer.signatures.templates import template_of, values_along, write_along

Facts = tuple[tuple[str, str], ...]

MINING_VERSION = 2
"""Raise it with any edit that can move the fingerprint of a mined template."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What mining needs of any number of messages: of each folded text how often it came, and a few heads."""

    folds: Mapping[str, Fold] = field(default_factory=dict)


class Mined(NamedTuple):
    """A template and its identity, which depends on what the messages have in common and not on how it is shown."""

    fingerprint: str
    template: str
    form: Form
    """what decides; tokens without blanks"""


@collector_paused()
def summarize(messages: Iterable[str]) -> Summary:
    """The summary of some messages."""
    return Summary(folds=fold_batch(messages if isinstance(messages, Sequence) else list(messages))[0])


def merge(a: Summary, b: Summary) -> Summary:
    """The summary of both."""
    return Summary(folds=merge_folds(a.folds, b.folds))


@collector_paused()
def finalize(summary: Summary) -> dict[str, Mined]:
    """Folded text → its template."""
    form_of = forms_of(summary.folds)
    home = _homes({text: (form_of[text], fold.messages) for text, fold in summary.folds.items()})
    members: dict[Form, dict[str, Fold]] = defaultdict(dict)
    for text, form in home.items():
        members[form][text] = summary.folds[text]
    mined = {form: Mined(_fingerprint(form), template_of(form, folds), form) for form, folds in members.items()}
    return {text: mined[form] for text, form in home.items()}


@collector_paused()
def mine(messages: Sequence[str]) -> list[Mined]:
    """The template of every message, in the order given."""
    folds, numbers = fold_batch(messages)
    mined = finalize(Summary(folds=folds))
    by_number = [mined[text] for text in folds]
    return [by_number[number] for number in numbers]


def mine_values(messages: Sequence[str]) -> tuple[list[Mined], list[tuple[str, ...]]]:
    """(the template of every message, the values of its wildcards), in the order given.

    Every message is laid along its template. Where one of a cluster does not fit, since the samples that the template
    was written from agreed in more than all do, the template of that cluster is what its form alone says.
    """
    mined = mine(messages)
    heads = [head_of(message) for message in messages]
    rows_of: dict[Mined, list[int]] = defaultdict(list)
    for row, one in enumerate(mined):
        rows_of[one].append(row)
    values_of: list[tuple[str, ...]] = [()] * len(mined)
    for one, rows in rows_of.items():
        values = [placeholder_values(one.template, heads[row], masks=False) for row in rows]
        if None in values:
            template = write_along(one.form, min(fold(heads[row]) for row in rows))
            one, values = one._replace(template=template), [values_along(one.form, heads[row]) for row in rows]
        for row, its in zip(rows, values, strict=True):
            mined[row], values_of[row] = one, its or ()
    return mined, values_of


def mine_cores(items: Sequence[tuple[Facts, str]]) -> list[str]:
    """A template for every (identity facts, masked text), in the order given.

    Only items with equal facts share one, and only where a word between equal contexts has many different values;
    a text without such a word comes back as it is. Nothing is absorbed: an error text that is longer by a word says
    something else.
    """
    counts: dict[Facts, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for facts, text in items:
        counts[facts][text] += 1
    mined: dict[tuple[Facts, str], str] = {}
    for facts, texts in counts.items():
        form_of_text = {text: masked_form(text) for text in sorted(texts)}
        general, _ = find_variables(_counted((form, texts[text]) for text, form in form_of_text.items()))
        template: dict[Form, str] = {}
        for text, form in form_of_text.items():
            to = general[form]
            mined[facts, text] = text if to == form else template.setdefault(to, write_along(to, text))
    return [mined[item] for item in items]


def _homes(forms: Mapping[str, tuple[Form, int]]) -> dict[str, Form]:
    """text → the form that it goes to, from the form that each text has and how often it came."""
    counts = _counted(forms.values())
    general, constants = find_variables(counts)
    home = absorb(_counted((general[form], count) for form, count in counts.items()), constants)
    return {text: home[general[form]] for text, (form, _) in forms.items()}


def _counted(pairs: Iterable[tuple[Form, int]]) -> dict[Form, int]:
    counts: dict[Form, int] = defaultdict(int)
    for form, count in pairs:
        counts[form] += count
    return counts


def _fingerprint(form: Form) -> str:
    digest = blake2b(write(form).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"t{MINING_VERSION}:{digest}"
