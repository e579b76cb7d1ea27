"""Forms to templates a person reads: a wildcard stays only where values vary, or would.

A form decides which messages are one; it takes a run of values for one wildcard, a quoted text for another. What is
shown is made from heads of real messages laid along the form: what is the same in all of them is written out unless
it is a value by its shape (a path, an address, a switch, a number), what differs is cut down to the part that does.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from analyzer.model import WILDCARD
from analyzer.signatures.folding import SEPARATORS, Fold, W, figures_of
from analyzer.signatures.forms import DATE_WORDS, TOKEN, Form, write

MAX_LAID = 8
"""so many heads of a form are laid along it"""
MIN_SEEN = 2
"""so many different heads must agree before a word with a figure is written out"""
BRACKETS = frozenset("()[]{}")
_ADDRESS = re.compile(r"[\\/~].*|.*(?:://|@|/.*/).*|(?:[A-Za-z0-9-]+\.){2,}[a-z]{2,4}")
_NAME_WITH_FIGURE = re.compile(r"(?=.*[A-Za-z])(?!0[xX])(?:[^0-9/\\@]*[0-9]){1,3}[^0-9/\\@]*")
"""`ssh2`, `jk2_init`: at most three figures; more name one thing among many"""
_NUMBERED = re.compile(
    rf"((?:.*?[A-Za-z]){{0,1}}[^0-9{SEPARATORS}]*?[^A-Za-z0-9_/\\+-]|.*[A-Za-z][^0-9]*-|[#$@&])[0-9]+(%?)", re.DOTALL
)
_PERCENT = re.compile(r"[+-]?[0-9.]+(%)")


class Piece(NamedTuple):
    """A token of a message as it stands there."""

    blank: bool
    """there is room before it"""
    text: str
    token: str
    """`W` where the text holds a figure, else the text"""


Cell = Sequence[Piece]
"""what a wildcard stands for in one head"""


def template_of(form: Form, folds: Mapping[str, Fold], *, names_with_figures: bool = True) -> str:
    """The template of a form, from the folds that it stands for.

    `names_with_figures` allows words like `ssh2` to be written out where all samples have them.
    """
    slots: dict[int, list[Cell]] = {at: [] for at, token in enumerate(form) if token == W}
    blanks: list[bool] = []
    for fold, heads in _spread(folds):
        marks, blank = _marks(fold)
        cuts = lay(form, marks)
        if cuts is None:
            continue
        blanks = blanks or [blank[at] for at in cuts[:-1]]
        for words in map(figures_of, heads):
            for at, cells in slots.items():
                begin, end = cuts[at], cuts[at + 1]
                rest = iter(words[marks[:begin].count(W) :])
                cells.append(
                    [
                        Piece(room, next(rest) if token == W else token, token)
                        for room, token in zip(blank[begin:end], marks[begin:end], strict=True)
                    ]
                )
    if not blanks:
        return write(form)
    writer = _Writer(folds, names_with_figures)
    texts = list(form)
    for at, cells in slots.items():
        texts[at] = WILDCARD if form[max(0, at - 2) : at] == ("for", "user") else writer.slot(cells)
    return _joined(blanks, texts)


def write_along(form: Form, text: str) -> str:
    """The form of a masked text, with room where the text has it."""
    marks, blanks = _marks(text)
    cuts = lay(form, marks)
    return write(form) if cuts is None else _joined([blanks[at] for at in cuts[:-1]], form).replace(W, WILDCARD)


def _joined(blanks: Sequence[bool], texts: Sequence[str]) -> str:
    return "".join(" " + text if blank else text for blank, text in zip(blanks, texts, strict=True)).strip()


def _marks(text: str) -> tuple[list[str], list[bool]]:
    """The tokens of a text, and whether there is room before each."""
    tokens, blanks, end = [], [], 0
    for match in TOKEN.finditer(text):
        start = match.start()
        tokens.append(match[0])
        blanks.append(start > end)
        end = match.end()
    return tokens, blanks


def _spread(folds: Mapping[str, Fold]) -> list[tuple[str, list[str]]]:
    """At most `MAX_LAID` heads by fold: of as many folds as there are, then more of each; by content hash."""
    ranked = sorted((n, sample, fold) for fold, one in folds.items() for n, sample in enumerate(one.samples[:MAX_LAID]))
    chosen: dict[str, list[str]] = {}
    for _, (_, head), fold in ranked[:MAX_LAID]:
        chosen.setdefault(fold, []).append(head)
    return list(chosen.items())


def lay(form: Form, tokens: Sequence[str]) -> list[int] | None:
    """Where each token of the form begins among the tokens, and the end; every wildcard stands for as few as possible.

    None where the form does not fit.
    """
    cuts: list[int] = []
    at = start = 0
    while at < len(form):
        literal = at + (form[at] == W)
        end = next((n for n in range(literal, len(form)) if form[n] == W), len(form))
        run = form[literal:end]
        least = start + literal - at
        if end == len(form):
            found = len(tokens) - len(run)
            if tuple(tokens[found:]) != run:
                return None
        else:
            found = _find(tokens, run, least)
        if found < least or (literal == at and found != start):
            return None
        if literal > at:
            cuts.append(start)
        cuts += range(found, found + len(run))
        start, at = found + len(run), end
    return [*cuts, start] if start == len(tokens) else None


def _find(tokens: Sequence[str], run: Sequence[str], start: int) -> int:
    """Where the run begins at or after `start`, or -1."""
    for at in range(start, len(tokens) - len(run) + 1):
        if tokens[at] == run[0] and tuple(tokens[at : at + len(run)]) == run:
            return at
    return -1


class _Writer:
    """Writes what a wildcard stands for. Every method takes one cell a head."""

    def __init__(self, folds: Mapping[str, Fold], figures: bool) -> None:
        self._folds = folds
        self._figures = figures

    def slot(self, cells: Sequence[Cell]) -> str:
        """Brackets that all have stay; what stands between them is decided alone."""
        if any(p.text in DATE_WORDS for cell in cells for p in cell):
            return WILDCARD
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
            return quote + self._segment([c[1:-1] for c in cells]) + quote
        signs = [tuple(p.text if _is_sign(p) else "" for p in cell) for cell in cells]
        if any(s != signs[0] for s in signs):
            return WILDCARD
        if all(cell[-1].token == W and cell[-1].text.endswith(".") for cell in cells):  # the end of a sentence
            return self._segment([[*cell[:-1], cell[-1]._replace(text=cell[-1].text[:-1])] for cell in cells]) + "."
        columns = list(zip(*cells, strict=True))
        parts = [self._part(column) for column in columns]
        out: list[str] = []
        for n, (part, column) in enumerate(zip(parts, columns, strict=True)):
            blank = column[0].blank and n > 0
            tight = not blank and n > 1 and not columns[n - 1][0].blank
            if part == WILDCARD and tight and out[-1] == ":" and WILDCARD in out[-2]:
                out[-2:] = [" " * out[-2].startswith(" ") + WILDCARD]  # address and port: one value
            elif part == WILDCARD and blank and out[-1].endswith(WILDCARD):
                continue
            else:
                out.append(" " * blank + part)
        return "".join(out)

    def _part(self, pieces: Sequence[Piece]) -> str:
        """What is written for one token."""
        texts = {p.text for p in pieces}
        text = pieces[0].text
        if len(texts) == 1 and self._is_constant(text, pieces):
            return text
        around = {_around(t) if p.token == W else ("", "") for t, p in ((p.text, p) for p in pieces)}
        before, after = around.pop()
        return WILDCARD if around else before + WILDCARD + after

    def _is_constant(self, text: str, pieces: Sequence[Piece]) -> bool:
        if pieces[0].token != W:
            known = text.lower() in ("true", "false") or _ADDRESS.fullmatch(text)
            return not known and all(text in fold for fold in self._folds)
        if not self._figures or len(pieces) < MIN_SEEN or not _NAME_WITH_FIGURE.fullmatch(text):
            return False
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


def _is_sign(piece: Piece) -> bool:
    return piece.token != W and not any(c.isalnum() for c in piece.text)


def _around(text: str) -> tuple[str, str]:
    """What stands before and after the number of a numbered name: `core.17` is number 17 of `core.`."""
    found = _NUMBERED.fullmatch(text)
    if found:
        return found[1], found[2]
    found = _PERCENT.fullmatch(text)
    return ("", found[1]) if found else ("", "")
