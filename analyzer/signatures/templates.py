"""Forms to templates a person reads: a wildcard stays only where values vary, or would.

A form decides which messages are one; it takes a run of values for one wildcard, a quoted text for another. What is
shown is made from heads of real messages laid along the form: what is the same in all of them is written out unless
it is a value by its shape (a path, an address, a switch, a number), what differs is cut down to the part that does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from analyzer.model import WILDCARD
from analyzer.signatures.folding import Fold, W, figures_of, fold
from analyzer.signatures.forms import DATE_WORDS, Form, is_word, marks_of_word, write

MAX_FOLDS = 5
"""so many folds of a form are laid along it"""
MIN_HEADS = 3
"""so many different heads are looked at, where there are as many"""
MIN_SEEN = 2
"""so many different heads must agree before a word with a figure is written out"""
BRACKETS = frozenset("()[]{}")
_ADDRESS = re.compile(r"[\\/~].*|.*(?:://|@|/.*/).*|(?:[A-Za-z0-9-]+\.){2,}[a-z]{2,4}")
_NAME_WITH_FIGURE = re.compile(r"(?=.*[A-Za-z])(?!0[xX])(?:[^0-9/\\@]*[0-9]){1,3}[^0-9/\\@]*")
"""`ssh2`, `jk2_init`: at most three figures; more name one thing among many"""
_NUMBER_SIGNS = frozenset("#$@&")


class Piece(NamedTuple):
    """A token of a message as it stands there."""

    blank: bool
    """there is room before it"""
    text: str
    token: str
    """`W` where the text holds a figure, else the text"""


Cell = Sequence[Piece]
"""what a wildcard stands for in one head"""


def template_of(form: Form, folds: Mapping[str, Fold]) -> str:
    """The template of a form, from the folds that it stands for."""
    writer = _Writer(folds)
    spread = _spread(folds)
    if len(spread) == 1 and "".join(form) == spread[0][0].replace(" ", "") and "user" not in form:
        text, heads = spread[0]  # the form is the fold: every wildcard is one word
        values = [writer.value(column) for column in zip(*map(figures_of, heads), strict=True)]
        pieces = " ".join(text.split()).split(W)
        return "".join(a + b for a, b in zip(pieces, (*values, ""), strict=True))
    laid = []
    for text, heads in spread:
        marks, room = _marks(text)
        cuts = lay(form, marks)
        if cuts is not None:
            laid.append(_Laid(marks, room, cuts, [figures_of(head) for head in heads]))
    if not laid:
        return write(form)
    texts = [writer.slot(form, at, laid) if token == W else token for at, token in enumerate(form)]
    return _joined([laid[0].room[cut] for cut in laid[0].cuts[:-1]], texts)


class _Laid(NamedTuple):
    """A fold laid along a form."""

    marks: list[str]
    """its tokens"""
    room: list[bool]
    """whether there is room before each"""
    cuts: list[int]
    """where each token of the form begins among them, and the end"""
    figures: list[list[str]]
    """of each head, the words that are wildcards in the fold"""

    def under(self, at: int) -> list[str]:
        """The tokens that a token of the form stands for."""
        return self.marks[self.cuts[at] : self.cuts[at + 1]]

    def cells(self, at: int) -> list[Cell]:
        """The pieces that a token of the form stands for, in each head."""
        begin = self.cuts[at]
        known = self.marks[:begin].count(W)
        cells: list[Cell] = []
        for words in self.figures:
            rest = iter(words[known:])
            pieces = zip(self.room[begin:], self.under(at), strict=False)
            cells.append([Piece(blank, next(rest) if token == W else token, token) for blank, token in pieces])
        return cells


def write_along(form: Form, text: str) -> str:
    """The form of a masked text, with room where the text has it."""
    marks, blanks = _marks(text)
    cuts = lay(form, marks)
    return write(form) if cuts is None else _joined([blanks[at] for at in cuts[:-1]], form).replace(W, WILDCARD)


def values_along(form: Form, head: str) -> tuple[str, ...] | None:
    """What each wildcard of a form stands for in a head; None where the form does not fit."""
    marks, room = _marks(fold(head))
    cuts = lay(form, marks)
    if cuts is None:
        return None
    laid = _Laid(marks, room, cuts, [figures_of(head)])
    cells = [laid.cells(at)[0] for at, token in enumerate(form) if token == W]
    return tuple(_joined([p.blank for p in cell], [p.text for p in cell]) for cell in cells)


def _joined(blanks: Sequence[bool], texts: Sequence[str]) -> str:
    return "".join(" " + text if blank else text for blank, text in zip(blanks, texts, strict=True)).strip()


def _marks(text: str) -> tuple[list[str], list[bool]]:
    """The tokens of a text, and whether there is room before each."""
    tokens: list[str] = []
    blanks: list[bool] = []
    for word in text.split(" "):
        if word:
            marks, room = marks_of_word(word)
            tokens += marks
            blanks += room
    return tokens, blanks


def _spread(folds: Mapping[str, Fold]) -> list[tuple[str, list[str]]]:
    """Heads by fold: one of each of at most `MAX_FOLDS` folds, more of a fold where there are few; by content hash."""
    chosen = list(folds)
    if len(chosen) > 1:
        chosen = sorted(folds, key=lambda fold: (folds[fold].samples[0], fold))[:MAX_FOLDS]
    share = 1 if len(chosen) >= MIN_HEADS else MIN_HEADS
    return [(fold, [head for _, head in folds[fold].samples[:share]]) for fold in chosen]


def lay(form: Form, tokens: list[str]) -> list[int] | None:
    """Where each token of the form begins among the tokens, and the end; every wildcard stands for as few as possible.

    None where the form does not fit.
    """
    size, count = len(form), len(tokens)
    if size == count and all(a in (b, W) for a, b in zip(form, tokens, strict=True)):
        return list(range(size + 1))
    cuts: list[int] = []
    at = start = 0
    while at < size:
        if form[at] != W:
            if start >= count or tokens[start] != form[at]:
                return None
            cuts.append(start)
            at, start = at + 1, start + 1
            continue
        end = at + 1
        while end < size and form[end] != W:
            end += 1
        run = list(form[at + 1 : end])
        cuts.append(start)
        found = count - len(run) if end == size else _find(tokens, run, start + 1)
        if found <= start or tokens[found : found + len(run)] != run:
            return None
        cuts += range(found, found + len(run))
        at, start = end, found + len(run)
    return [*cuts, start] if start == count else None


def _find(tokens: list[str], run: list[str], start: int) -> int:
    """Where the run begins at or after `start`, or -1."""
    first, size = run[0], len(run)
    for at in range(start, len(tokens) - size + 1):
        if tokens[at] == first and tokens[at : at + size] == run:
            return at
    return -1


class _Writer:
    """Writes what a wildcard stands for."""

    def __init__(self, folds: Mapping[str, Fold]) -> None:
        self._folds = folds

    def slot(self, form: Form, at: int, laid: Sequence[_Laid]) -> str:
        """What is written for the wildcard at this place of the form."""
        if form[max(0, at - 2) : at] == ("for", "user"):
            return WILDCARD
        tokens = [one.under(at) for one in laid]
        if all(len(its) == 1 for its in tokens):
            same = all(its == tokens[0] for its in tokens)
            if not same or tokens[0][0] != W:
                return tokens[0][0] if same and self._is_constant(tokens[0][0]) else WILDCARD
            return self.value(
                [one.figures[n][one.marks[: one.cuts[at]].count(W)] for one in laid for n in range(len(one.figures))]
            )
        if any(not DATE_WORDS.isdisjoint(its) for its in tokens):
            return WILDCARD
        if all(BRACKETS.isdisjoint(its) for its in tokens) and any(_signs(its) != _signs(tokens[0]) for its in tokens):
            return WILDCARD
        return self._bracketed([cell for one in laid for cell in one.cells(at)])

    def _bracketed(self, cells: Sequence[Cell]) -> str:
        """Brackets that all have stay; what stands between them is decided alone."""
        skeletons = [[p.text for p in cell if p.text in BRACKETS] for cell in cells]
        if not skeletons[0] or any(s != skeletons[0] for s in skeletons):
            return self._segment(cells)
        out = ""
        parts = [_split(cell) for cell in cells]
        for n in range(len(parts[0])):
            inner = [part[n] for part in parts]
            some = next((cell for cell in inner if cell), None)
            if some is not None:
                text = some[0].text if n % 2 else self._segment(inner) if all(inner) else WILDCARD
                out += " " * (some[0].blank and bool(out)) + text
        return out

    def _segment(self, cells: Sequence[Cell]) -> str:
        """What is written for pieces without brackets that all have."""
        quote = cells[0][0].text
        if quote in "\"'" and all(len(c) > 2 and c[0].text == c[-1].text == quote for c in cells):
            return quote + self._plain([c[1:-1] for c in cells]) + quote
        return self._plain(cells)

    def _plain(self, cells: Sequence[Cell]) -> str:
        """What is written for pieces without quotes around them."""
        signs = [_signs([p.token for p in cell]) for cell in cells]
        if any(s != signs[0] for s in signs):
            return WILDCARD
        columns = list(zip(*cells, strict=True))
        parts = [self._part(column) for column in columns]
        out: list[str] = []
        for n, (part, column) in enumerate(zip(parts, columns, strict=True)):
            blank = column[0].blank and n > 0
            tight = not blank and n > 1 and not columns[n - 1][0].blank
            if part in (WILDCARD, WILDCARD + ".") and tight and out[-1] == ":" and WILDCARD in out[-2]:
                out[-2:] = [" " * out[-2].startswith(" ") + part]  # address and port: one value
            elif part == WILDCARD and blank and out[-1].endswith(WILDCARD):
                continue
            else:
                out.append(" " * blank + part)
        return "".join(out)

    def _part(self, pieces: Sequence[Piece]) -> str:
        """What is written for one token."""
        if any(p.token != W for p in pieces):
            text = pieces[0].text
            same = all(p.text == text for p in pieces)
            return text if same and self._is_constant(text) else WILDCARD
        return self.value([p.text for p in pieces])

    def value(self, texts: Sequence[str]) -> str:
        """What is written for one word with a figure, from how it reads in each head."""
        dots = min(len(text) - len(text.rstrip(".")) for text in texts)  # the end of a sentence
        texts = [text[: len(text) - dots] for text in texts]
        text, end = texts[0], "." * dots
        if self._is_name(text, texts):
            return text + end
        before, after = _around(text)
        if (before or after) and all(_around(t) == (before, after) for t in texts) and self._all_have(before):
            return before + WILDCARD + after + end
        return WILDCARD + end

    def _is_constant(self, text: str) -> bool:
        known = text.lower() in ("true", "false") or _ADDRESS.fullmatch(text)
        return not known and all(text in fold for fold in self._folds)

    def _is_name(self, text: str, texts: Sequence[str]) -> bool:
        """A word like `ssh2` that all heads have."""
        if len(texts) < MIN_SEEN or texts[1] != text or text.isdigit() or not _NAME_WITH_FIGURE.fullmatch(text):
            return False
        return self._all_have(text)

    def _all_have(self, text: str) -> bool:
        return all(text in head for fold in self._folds.values() for _, head in fold.samples)


def _split(cell: Cell) -> list[Cell]:
    """The cell at its brackets: text, bracket, text, …; texts may be empty."""
    parts: list[list[Piece]] = [[]]
    for piece in cell:
        if piece.text in BRACKETS:
            parts += [[piece], []]
        else:
            parts[-1].append(piece)
    return list(parts)


def _signs(tokens: Iterable[str]) -> list[str]:
    """The signs among the tokens; words and wildcards leave their place empty."""
    return ["" if token == W or is_word(token) else token for token in tokens]


def _around(text: str) -> tuple[str, str]:
    """What stands before and after the number of a numbered name: `core.17` is number 17 of `core.`."""
    after = "%" if text.endswith("%") else ""
    before = text.removesuffix(after).rstrip("0123456789")
    if len(before) + len(after) == len(text) or any(c.isdigit() for c in before):
        return "", after if re.fullmatch(r"[+-]?[0-9.]+%", text) else ""
    last = before[-1:]
    joined = last.isalnum() or last in "_/\\+" or (last == "-" and not before[-2:-1].isalnum())
    named = any(c.isalpha() for c in before) or before in _NUMBER_SIGNS
    return (before, after) if named and not joined else ("", after)
