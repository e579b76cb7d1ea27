"""Find, load, validate and compile the packs in `patterns/` and a project's own.

A pack is a TOML file in a folder named after its kind (`masks`, `redact`, `frames`, `noise`, `causes`):

    [[rule]]
    id = "masks.uuid"
    why = "an id of one request, never of an error"
    pattern = '\\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b'
    replace = "<uuid>"
    match = [{ text = "job 6fa459ea-ee8a-3ca4-894e-db77e160355e", expect = "job <uuid>" }]
    miss = ["no id here"]

`expect` is what `re.sub` makes of the text where the rule has `replace`; else the matched text or a table of
named groups. Any other key of a rule is kept in `extra`. Rules keep the order of their files' names and lines.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from analyzer.errors import RuleError
from analyzer.model import QUERY_NAMES, QueryKind

try:  # the parser moved in 3.11; it is the only way to see a pattern's structure
    from re import _constants as sre_constants  # type: ignore[attr-defined]
    from re import _parser as sre_parser  # type: ignore[attr-defined]
except ImportError as err:  # pragma: no cover - every supported Python has it
    raise RuleError(f"this Python hides its pattern parser: {err}") from err

_LATE = frozenset({"causes"})
"""kinds with so many rules that most of them are never asked"""
KINDS = ("masks", "redact", "frames", "noise", "causes")
_FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL, "x": re.VERBOSE}
CAUSE_KINDS = ("code", "configuration", "packaging", "dependency", "infrastructure", "test", "unknown")
_CAUSE_KEYS = {"query", "names", "exception", "needs_exception", "kind", "says", "confirms", "unrecorded"}
_HOLE = re.compile(r"\{(\w+)\}")
_KNOWN = {"id", "why", "pattern", "replace", "flags", "match", "miss"}
_MAX_REPEAT_PRODUCT = 10_000
_ONE_CHARACTER = (sre_constants.LITERAL, sre_constants.NOT_LITERAL, sre_constants.IN, sre_constants.ANY)
_POSSESSIVE_GROUP = "older Pythons misread a possessive group like (?:ab)*+; write the atomic (?>(?:ab)*)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A text a rule must match, and what must come of it."""

    text: str
    expect: str | Mapping[str, str | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One compiled rule."""

    id: str
    kind: str
    why: str
    pattern: re.Pattern[str] | LatePattern
    replace: str | None = None
    match: tuple[Sample, ...] = ()
    miss: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    file: str = ""

    def finds_frame(self, language: str, path: str, function: str) -> bool:
        """Whether a rule of the kind `frames` speaks of a stack frame.

        It sees the path (with `/` for `\\`), with `on = "function"` the function's full name; with `language` it sees
        frames of that one only.
        """
        if self.extra.get("language", language) != language:
            return False
        return self.pattern.search(function if self.extra.get("on") == "function" else path) is not None


class LatePattern:
    """A pattern that is compiled when it is first used: of hundreds of rules a run needs a few."""

    __slots__ = ("_compiled", "flags", "groupindex", "pattern")

    def __init__(self, pattern: str, flags: int) -> None:
        """Raises re.error where it is no regular expression."""
        self.groupindex: Mapping[str, int] = _parsed(pattern, flags).state.groupdict
        self.pattern, self.flags = pattern, flags | re.UNICODE
        self._compiled: re.Pattern[str] | None = None

    def _ready(self) -> re.Pattern[str]:
        if self._compiled is None:
            self._compiled = re.compile(self.pattern, self.flags)
        return self._compiled

    def match(self, text: str) -> re.Match[str] | None:
        """As of a compiled pattern."""
        return self._ready().match(text)

    def search(self, text: str) -> re.Match[str] | None:
        """As of a compiled pattern."""
        return self._ready().search(text)

    def sub(self, replace: str, text: str) -> str:
        """As of a compiled pattern."""
        return self._ready().sub(replace, text)


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFailure:
    """A sample that does not hold."""

    rule: Rule
    text: str
    problem: str


def packs_dir() -> Path:
    """The shipped packs: inside the wheel, else beside the package of a checkout."""
    inside = Path(__file__).parent / "patterns"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "patterns"


def load_rules(kind: str, extra_dirs: Sequence[Path] = ()) -> tuple[Rule, ...]:
    """All rules of a kind: the shipped ones first, then those of each folder of a project's own.

    Raises `RuleError` naming file and rule where a pack is not valid.
    """
    return _load(kind, tuple(Path(d) for d in extra_dirs))


@lru_cache(maxsize=64)
def _load(kind: str, extra_dirs: tuple[Path, ...]) -> tuple[Rule, ...]:
    if kind not in KINDS:
        raise RuleError(f"no such kind of rule: {kind}", f"kinds are {', '.join(KINDS)}")
    found: list[Rule] = []
    seen: dict[str, str] = {}
    for base in (packs_dir(), *extra_dirs):
        if base in extra_dirs and not base.is_dir():
            raise RuleError(f"no such folder of rules: {base}", "give a folder that holds masks/, redact/, noise/ …")
        folder = base / kind
        for path in sorted(folder.glob("*.toml")):
            for rule in read_pack(path, kind):
                if rule.id in seen:
                    raise RuleError(f"{path}: rule {rule.id} is also in {seen[rule.id]}", "ids are unique")
                seen[rule.id] = str(path)
                found.append(rule)
    return tuple(found)


def read_pack(path: Path, kind: str) -> list[Rule]:
    """The rules of one file; raises `RuleError`."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise RuleError(f"{path}: {err}", "a pack is a TOML file with [[rule]] tables") from err
    rows = data.get("rule", [])
    if not isinstance(rows, list) or set(data) - {"rule"}:
        raise RuleError(f"{path}: only [[rule]] tables are allowed", "see docs/rules.md")
    return [_compile(row, kind, path, n) for n, row in enumerate(rows, 1)]


def _compile(row: Mapping[str, Any], kind: str, path: Path, number: int) -> Rule:
    name = row.get("id")
    where = f"{path}: rule {name or f'number {number}'}"
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9_.-]+", name):
        raise RuleError(f"{where}: id is missing or not of a-z 0-9 _ . -", "give every rule an id of its own")
    for key, kind_of in (("why", str), ("pattern", str), ("match", list), ("miss", list)):
        if not isinstance(row.get(key), kind_of) or not row[key]:
            raise RuleError(f"{where}: {key} is missing", "a rule has id, why, pattern, match and miss samples")
    flags = 0
    for letter in row.get("flags", ""):
        if letter not in _FLAGS:
            raise RuleError(f"{where}: unknown flag {letter!r}", f"flags are {''.join(_FLAGS)}")
        flags |= _FLAGS[letter]
    try:
        pattern = LatePattern(row["pattern"], flags) if kind in _LATE else re.compile(row["pattern"], flags)
    except re.error as err:
        raise RuleError(f"{where}: {err}", "the pattern is not a valid regular expression") from err
    danger = backtracking_danger(row["pattern"], flags)
    if danger:
        raise RuleError(f"{where}: {danger}", "see docs/rules.md, Patterns meet hostile text")
    samples = []
    for sample in row["match"]:
        if isinstance(sample, str):
            samples.append(Sample(text=sample, expect=None))
        elif isinstance(sample, dict) and isinstance(sample.get("text"), str):
            samples.append(Sample(text=sample["text"], expect=sample.get("expect")))
        else:
            raise RuleError(f"{where}: a match sample is a text or {{text, expect}}", "")
    if not all(isinstance(text, str) for text in row["miss"]):
        raise RuleError(f"{where}: miss samples are texts", "")
    problem = _cause_problem(row, pattern) if kind == "causes" else None
    if problem:
        raise RuleError(f"{where}: {problem}", "see docs/runtime-messages.md")
    return Rule(
        id=name,
        kind=kind,
        why=row["why"],
        pattern=pattern,
        replace=row.get("replace"),
        match=tuple(samples),
        miss=tuple(row["miss"]),
        extra={k: v for k, v in row.items() if k not in _KNOWN},
        file=str(path),
    )


def _cause_problem(row: Mapping[str, Any], pattern: re.Pattern[str] | LatePattern) -> str | None:
    """What is wrong with the keys that only rules in `causes/` have; None where all is well."""
    unknown = row.keys() - _KNOWN - _CAUSE_KEYS
    if unknown:
        return f"unknown key {min(unknown)}"
    if not (pattern.pattern.startswith(r"\A") and pattern.pattern.endswith(r"\Z")):
        return r"the pattern speaks of the whole message: \A … \Z"
    if row.get("query") not in list(QueryKind):
        return f"query is one of {', '.join(QueryKind)}"
    if row.get("kind") not in CAUSE_KINDS:
        return f"kind is one of {', '.join(CAUSE_KINDS)}"
    classes = row.get("exception", [])
    if not all(isinstance(c, str) for c in ([classes] if isinstance(classes, str) else classes)):
        return "exception is the name of a class or a list of names"
    if row.get("needs_exception") and not classes:
        return "needs_exception without an exception"
    fixed = row.get("names", {})
    names = {*pattern.groupindex, *fixed}
    surplus = names - QUERY_NAMES[QueryKind(row["query"])]
    if surplus or not all(isinstance(value, str) for value in fixed.values()):
        return f"the query {row['query']} has no name {min(surplus)}" if surplus else "names are texts"
    if not isinstance(row.get("confirms"), str) or not isinstance(row.get("says", ""), str):
        return "confirms is missing, or says is no text"
    holes = {hole for key in ("says", "confirms") for hole in _HOLE.findall(row.get(key, ""))} - names
    return f"no name {min(holes)} for {{{min(holes)}}}" if holes else None


def fixed_texts(pattern: str, flags: int = 0) -> tuple[int, tuple[str, ...]]:
    """How much of a pattern is fixed text (characters), and texts of which every match holds at least one.

    The texts are empty where there is no such text, and where the pattern ignores case.
    """
    size, needles = _fixed(_parsed(pattern, flags))
    return size, () if flags & re.IGNORECASE else needles


def _fixed(parsed: Any) -> tuple[int, tuple[str, ...]]:
    size = 0
    run: list[str] = []
    choices: list[tuple[str, ...]] = []

    def end() -> None:
        if run:
            choices.append(("".join(run),))
            run.clear()

    def take(items: Any) -> None:
        nonlocal size
        for op, value in items:
            if op is sre_constants.LITERAL:
                size += 1
                run.append(chr(value))
            elif op is sre_constants.SUBPATTERN:
                take(value[3])
            elif op is sre_constants.ATOMIC_GROUP:
                take(value)
            elif op is not sre_constants.AT:
                end()
                if op is sre_constants.BRANCH:
                    branches = [_fixed(branch) for branch in value[1]]
                    size += min(n for n, _ in branches)
                    if all(needles for _, needles in branches):
                        choices.append(tuple(sorted({n for _, needles in branches for n in needles})))
                elif op in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT, sre_constants.POSSESSIVE_REPEAT):
                    low, _, body = value
                    if low:
                        least, needles = _fixed(body)
                        size += low * least
                        choices.extend([needles] if needles else [])
                continue

    take(parsed)
    end()
    return size, max(choices, key=lambda texts: min(len(t) for t in texts), default=())


def check_samples(rules: Iterable[Rule]) -> list[SampleFailure]:
    """Every sample that does not hold."""
    failures = []
    for rule in rules:
        for sample in rule.match:
            problem = _problem(rule, sample)
            if problem:
                failures.append(SampleFailure(rule=rule, text=sample.text, problem=problem))
        failures += [
            SampleFailure(rule=rule, text=text, problem="matches, and must not")
            for text in rule.miss
            if rule.pattern.search(text)
        ]
    return failures


def _problem(rule: Rule, sample: Sample) -> str | None:
    found = rule.pattern.search(sample.text)
    if not found:
        return "does not match"
    if sample.expect is None:
        return None
    if isinstance(sample.expect, Mapping):
        got: Any = {k: v for k, v in found.groupdict().items() if k in sample.expect}
    else:
        got = found.group(0) if rule.replace is None else rule.pattern.sub(rule.replace, sample.text)
    return None if got == sample.expect else f"gives {got!r}, expected {sample.expect!r}"


def backtracking_danger(pattern: str, flags: int = 0) -> str | None:
    """Why a pattern may take exponential time, or mean different things to different Pythons; None where all is well.

    Conservative: a repeat without bound inside another repeat without bound is refused unless one of the two is
    possessive or the inner part is atomic, and so is a bounded nest whose product of bounds is large.
    """
    return _nested(_parsed(pattern, flags & ~re.UNICODE), 1)


@lru_cache(maxsize=4_096)
def _parsed(pattern: str, flags: int) -> Any:
    """The structure of a pattern; two questions are asked of each rule of a pack."""
    return sre_parser.parse(pattern, flags)


def _nested(parsed: Any, outer: int) -> str | None:
    for op, value in parsed:
        if op in (sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT):
            _, high, body = value
            bound = _MAX_REPEAT_PRODUCT if high is sre_constants.MAXREPEAT else int(high)
            if bound > 1 and outer > 1 and outer * bound >= _MAX_REPEAT_PRODUCT:
                return "a repeat inside a repeat can take exponential time"
            problem = _nested(body, outer * bound if bound > 1 else outer)
        elif op is sre_constants.POSSESSIVE_REPEAT:
            body = value[2]
            # https://github.com/python/cpython/issues/106052: such a group eats half a match before 3.11.5
            grouped = len(body) > 1 or body[0][0] not in _ONE_CHARACTER
            problem = _POSSESSIVE_GROUP if grouped else None
        elif op is sre_constants.ATOMIC_GROUP:
            problem = _nested(value, 1)
        elif op is sre_constants.SUBPATTERN:
            problem = _nested(value[3], outer)
        elif op is sre_constants.BRANCH:
            problem = next(filter(None, (_nested(branch, outer) for branch in value[1])), None)
        elif op in (sre_constants.ASSERT, sre_constants.ASSERT_NOT):
            problem = _nested(value[1], outer)
        else:
            problem = None
        if problem:
            return problem
    return None
