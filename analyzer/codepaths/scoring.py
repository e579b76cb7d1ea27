"""How likely one statement is to have written a text, as a sum of log-odds: what it explains, what is left, priors."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from analyzer.codepaths.alignment import Alignment, Fit
from analyzer.codepaths.folding import HOLE
from analyzer.codepaths.statements import EMITTING, Statement
from analyzer.codepaths.wording import count_letters, words

_STRONG_WEIGHT = 5.0
"""Rarity that a template's words must add up to before it is believed on its own: one rare word, or two usual ones."""
_TEST_PATH = re.compile(
    r"(?:^|/)(?:t|tests?|testing|e2e|fixtures|conftest\.py|test_[^/]*\.py|[^/]*_tests?\.py|__(?:tests|mocks)__|testdata"
    r"|[^/]*_test\.go|[^/]*[.-](?:test|spec|stories)\.[cm]?[jt]sx?|[^/]*Tests?\.java)(?:/|$)"
)
_ASIDE_PATH = re.compile(r"(?:^|/)(?:docs?|examples?|scripts?|benchmarks?|tools|migrations|vendor|third_party)/")
_PATTERN = re.compile(r"\.\*|\(\?[P:=!<]|\\[sSdwWb.(\[]|\[\^|\$$")
_KIND_PRIOR = {"log": 0.0, "raise": 0.0, "exception": -0.2, "print": -0.3, "kwarg": -0.8, "return": -1.2, "dict": -1.2}
_OTHER_KINDS = -1.6
_FIT_COST = {Fit.WHOLE: 0.0, Fit.CUT: 1.0, Fit.SUFFIX: 1.0, Fit.INNER: 2.5, Fit.PARTIAL: 3.5}
_WORD_BEFORE, _MAX_BEFORE = 0.5, 10
_WORD_AFTER, _MAX_AFTER = 0.12, 20
_WORD_BETWEEN, _MAX_BETWEEN = 0.4, 12
_TEST_COST, _ASIDE_COST, _PATTERN_COST = 6.0, 1.5, 4.0
_FIELD_GAIN, _LOGGER_GAIN, _SERVICE_GAIN, _LEVEL_GAIN, _LEVEL_COST = 2.5, 2.5, 1.0, 0.5, 1.0
_ENVIRONMENT = re.compile(r"[-_](?:staging|stage|stg|prod|production|dev|test|qa|preview)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is known of a text besides its words."""

    field: str | None = None
    """the JSON key it stood under"""
    logger: str | None = None
    level: str | None = None
    service: str | None = None
    """the service that printed it"""


ANYTHING = Asked()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A statement that can have produced a message."""

    path: str
    statement: Statement
    alignment: Alignment
    score: float
    """log-odds, in nats, against the words having met by chance"""
    confidence: float = 0.0
    unique: bool = False
    reasons: tuple[str, ...] = ()
    named: bool = False
    """the text stood under the very key that the statement gives it"""

    @property
    def emits(self) -> bool:
        """True where the statement itself logs, prints or raises the text; an author's may be emitted elsewhere."""
        return self.named or self.statement.kind in EMITTING

    @property
    def place(self) -> tuple[str, str]:
        """File and function: two statements of one function are no rivals."""
        return self.path, self.statement.function

    @property
    def test(self) -> bool:
        """True for test code."""
        return is_test(self.path)


def is_test(path: str) -> bool:
    """True for the path of test code, which rarely runs where logs are collected."""
    return bool(_TEST_PATH.search(path))


def is_of_service(path: str, service: str) -> bool:
    """True where a folder of the path is named like the service, with or without its environment (`auth-staging`)."""
    name = _ENVIRONMENT.sub("", service.lower()).replace("-", "_")
    folders = path.lower().replace("-", "_").split("/")[:-1]
    return len(name) > 2 and name in folders


def good_enough(statement: Statement, alignment: Alignment, letters_of_text: int) -> bool:
    """Whether enough of the template and of the text agree to speak of a hit at all."""
    letters = count_letters(statement.text)
    share = letters / max(1, letters_of_text)
    several = len(words(statement.text)) > 1
    if alignment.fit is Fit.WHOLE:
        return letters >= 4 or share > 0.8
    if alignment.fit is Fit.CUT:
        return alignment.weight >= 0.6 * _STRONG_WEIGHT
    if alignment.fit is Fit.SUFFIX:
        return letters >= 6 and several and share >= 0.1
    if alignment.fit is Fit.INNER:
        return letters >= 10 and several and share >= 0.1 and alignment.weight >= _STRONG_WEIGHT
    return (
        alignment.recall >= 0.6
        and alignment.recall - alignment.excused >= 0.35
        and alignment.weight >= 1.6 * _STRONG_WEIGHT
        and share >= 0.2
    )


def score(path: str, statement: Statement, alignment: Alignment, asked: Asked) -> Hit:
    """The hit of one statement, with its reasons."""
    reasons = [_sentence(statement, alignment)]
    points = alignment.weight - alignment.missing - _FIT_COST[alignment.fit]
    points -= _WORD_BEFORE * min(alignment.before, _MAX_BEFORE) + _WORD_AFTER * min(alignment.after, _MAX_AFTER)
    points -= _WORD_BETWEEN * min(alignment.between, _MAX_BETWEEN)
    points += _KIND_PRIOR.get(statement.kind, _OTHER_KINDS)
    if statement.source_line:
        reasons.append(f"the text is written in line {statement.source_line} and reaches this statement by a name")
    named = bool(asked.field) and statement.kind in ("kwarg", "dict", "assign") and statement.name == asked.field
    if named:
        points += _FIELD_GAIN
        reasons.append(f"the text stood under the key `{asked.field}`, the name this statement gives it")
    if asked.logger and _module_fits(path, asked.logger):
        points += _LOGGER_GAIN
        reasons.append(f"the logger `{asked.logger}` is this module's")
    if asked.service and is_of_service(path, asked.service):
        points += _SERVICE_GAIN
        reasons.append(f"the file lies in a folder of the service `{asked.service}`")
    if asked.level and statement.level:
        points += _LEVEL_GAIN if statement.level == asked.level else -_LEVEL_COST
    if is_test(path):
        points -= _TEST_COST
        reasons.append("test code: unlikely to run on staging")
    elif _ASIDE_PATH.search(path):
        points -= _ASIDE_COST
    if _PATTERN.search(statement.text):
        points -= _PATTERN_COST
        reasons.append("the text reads like a pattern that others are matched with")
    return Hit(
        path=path,
        statement=statement,
        alignment=alignment,
        score=round(points, 6),
        reasons=tuple(reasons),
        named=named,
    )


def _sentence(statement: Statement, alignment: Alignment) -> str:
    text = statement.text.replace(HOLE, "{}")
    shown = text if len(text) <= 120 else text[:117] + "..."
    if alignment.fit is Fit.WHOLE:
        return f"the template `{shown}` gives the whole message"
    if alignment.fit is Fit.CUT:
        return f"the message breaks off inside the template `{shown}`"
    if alignment.fit is Fit.SUFFIX:
        return f"the template `{shown}` gives the end of the message"
    if alignment.fit is Fit.INNER:
        return f"the template `{shown}` stands in the message"
    return f"{alignment.recall:.0%} of the template `{shown}` stands in the message, in order"


def _module_fits(path: str, logger: str) -> bool:
    """True where a dotted logger name is the module of this path, or its last parts are."""
    module = posixpath.splitext(path)[0].removesuffix("/__init__").replace("/", ".")
    return module == logger or module.endswith("." + logger) or logger.endswith("." + module)
