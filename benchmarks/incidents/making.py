"""One incident: a program with a defect is put together, run, checked against its marks, logged and committed."""

from __future__ import annotations

import ast
import json
import random
from collections import defaultdict
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from benchmarks.incidents.committing import commit_files
from benchmarks.incidents.entries import tells_error, write_entries
from benchmarks.incidents.program import Program, assemble
from benchmarks.incidents.running import Raised, Run, run_program
from benchmarks.incidents.texts import HERE, Template, read_templates, unmark

MEANT_FOR = {"development": range(1, 141), "held out": range(141, 201)}
"""seeds; what is tuned is tuned on the first, and believed on the second"""
CONTROL = "control"
_EVERY_CONTROL = 10
_EVERY_OUTSIDE = 4


@dataclass(frozen=True)
class Place:
    """A line of the repository and the function around it."""

    file: str
    line: int
    function: str | None
    """qualified as the contract says; None outside Python"""


@dataclass(frozen=True)
class Truth:
    """What is right about an incident."""

    seed: int
    defect: str
    """class/variant; `control` where nothing is wrong"""
    kind: str
    """code, packaging; infrastructure, dependency or unknown where nothing in the repository is to blame"""
    decidable: bool
    """the culprit is a line of the repository"""
    exception: str
    text: str
    """of the exception, as it was raised"""
    raised: Place | None
    """the innermost line of the program on the way, as the run showed it"""
    culprits: tuple[Place, ...]
    """any of them is right"""
    siblings: tuple[Place, ...]
    harmless: tuple[Place, ...]
    error_ids: tuple[str, ...]
    """entries that the exception's text stands in, or all that tell of it where it has none"""
    introduced: str
    """the commit that brought the culprit"""
    shape: str
    hops: int
    position: str
    is_async: bool
    traced: bool
    """the program prints the stack trace somewhere"""
    decoy: bool
    """another handler has the words of the one that caught the error"""
    modules: int
    lines: int

    @property
    def family(self) -> str:
        """The class of the defect."""
        return self.defect.partition("/")[0]


@dataclass(frozen=True)
class Incident:
    """A folder with `repo` and `logs.jsonl`, and the truth."""

    repository: Path
    logs: Path
    truth: Truth


class NotAsMeantError(AssertionError):
    """The program did not fail where its marks say."""


@cache
def classes() -> dict[str, tuple[Template, ...]]:
    """Variants by class, of defects that can be found."""
    return _by_class(decidable=True)


@cache
def _outside() -> dict[str, tuple[Template, ...]]:
    return _by_class(decidable=False)


def _by_class(*, decidable: bool) -> dict[str, tuple[Template, ...]]:
    found = defaultdict(list)
    for file in sorted((HERE / "defects").glob("*.txt")):
        for template in read_templates(f"defects/{file.name}"):
            if (template.options.get("decidable", "yes") == "yes") == decidable:
                found[template.name.partition("/")[0]].append(template)
    return {name: tuple(found[name]) for name in sorted(found)}


def defect_of(seed: int, only: str | None = None) -> Template | None:
    """Which defect an incident has: none in every tenth, one outside the repository in every fourth."""
    if only:
        variants = {**classes(), **_outside()}[only]
        return variants[seed % len(variants)]
    if seed % _EVERY_CONTROL == 0:
        return None
    outside = seed % _EVERY_OUTSIDE == 1
    pool = _outside() if outside else classes()
    rank = sum(_is_alike(n, outside) for n in range(1, seed))
    variants = pool[list(pool)[rank % len(pool)]]
    return variants[rank // len(pool) % len(variants)]


def _is_alike(seed: int, outside: bool) -> bool:
    return seed % _EVERY_CONTROL != 0 and (seed % _EVERY_OUTSIDE == 1) == outside


def make_incident(seed: int, folder: Path, *, only: str | None = None, cache_dir: Path | None = None) -> Incident:
    """Make the incident of a seed, of one class where `only` names it. Raises `NotAsMeantError`."""
    draw = random.Random(f"incident {seed} {only}" if only else f"incident {seed}")
    defect = defect_of(seed, only)
    program = assemble(draw, defect)
    plain = {path: unmark(text) for path, text in program.files.items()}
    files = {path: text for path, (text, _) in plain.items()}
    marks = [(mark, path, line) for path, (_, found) in plain.items() for mark, line in found]
    image = {path: text for path, text in files.items() if path not in program.absent}
    run = run_program(image, package=program.package, root=program.root, traffic=program.traffic, cache=cache_dir)
    service = program.package.replace("_", "-")
    entries, ids = write_entries(draw, run.lines, service)
    error, told = _check(run, ids, marks, defect)
    logs = folder / "logs.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    logs.write_text("".join(json.dumps(e, ensure_ascii=False) + "\n" for e in entries), encoding="utf-8")
    introduced = commit_files(
        folder / "repo", files, program.culprit_files, f"Add {draw.choice(('new', 'better'))} steps"
    )
    truth = _truth(seed, defect, program, files, marks, error, told, introduced)
    (folder / "truth.json").write_text(json.dumps(asdict(truth), indent=1, sort_keys=True), encoding="utf-8")
    return Incident(folder / "repo", logs, truth)


def _check(
    run: Run, ids: list[str], marks: list[tuple[str, str, int]], defect: Template | None
) -> tuple[Raised | None, tuple[str, ...]]:
    """The exception that was raised at a marked line and whose text was logged, with the entries that hold it."""
    errors = [n for n, line in enumerate(run.lines) if tells_error(line)]
    if defect is None:
        if errors:
            raise NotAsMeantError(f"a program without a defect logs {run.lines[errors[0]]!r}")
        return None, ()
    allowed = {(path, line) for mark, path, line in marks if mark in ("defect", "raised")}
    at_marks = [r for r in run.raised if (r.file, r.line) in allowed]
    if not errors:
        raise NotAsMeantError(f"{defect.name}: nothing is logged as an error:\n" + "\n".join(run.lines[-20:]))
    for raised in reversed(at_marks):
        holding = [n for n in errors if raised.text and _tells(run.lines[n], raised)]
        if holding or not raised.text:
            same = [r for r in at_marks if r.type == raised.type and r.text]
            holding = [n for n in errors if any(_tells(run.lines[n], r) for r in same)]
            return raised, tuple(sorted({ids[n] for n in holding or errors}))
    raise NotAsMeantError(
        f"{defect.name}: raised {[(r.type, r.text, r.file, r.line) for r in run.raised]}, marked {sorted(allowed)}, "
        f"logged {[run.lines[n] for n in errors][:3]}"
    )


def _tells(line: str, error: Raised) -> bool:
    """Whether a line holds the text of an exception, as it is, shown by `repr`, or inside JSON once or twice."""
    texts = [error.text, error.shown]
    texts += [json.dumps(t)[1:-1] for t in texts] + [json.dumps(json.dumps(t))[3:-3] for t in texts]
    return any(t in line for t in texts)


def _truth(
    seed: int,
    defect: Template | None,
    program: Program,
    files: dict[str, str],
    marks: list[tuple[str, str, int]],
    error: Raised | None,
    told: tuple[str, ...],
    introduced: str,
) -> Truth:
    def places(mark: str) -> tuple[Place, ...]:
        return tuple(
            Place(p, n, function_at(files[p], n) if p.endswith(".py") else None) for m, p, n in marks if m == mark
        )

    decidable = defect is not None and defect.options.get("decidable") != "no"
    python = [text for path, text in files.items() if path.endswith(".py")]
    return Truth(
        seed=seed,
        defect=defect.name if defect else CONTROL,
        kind=defect.options.get("kind", "code") if defect else CONTROL,
        decidable=decidable,
        exception=error.type if error else "",
        text=error.text if error else "",
        raised=Place(error.file, error.line, function_at(files[error.file], error.line)) if error else None,
        culprits=places("defect"),
        siblings=places("sibling"),
        harmless=places("harmless"),
        error_ids=told,
        introduced=introduced if program.culprit_files else "",
        shape=program.shape,
        hops=program.hops,
        position=program.position,
        is_async=program.is_async,
        traced=program.traced,
        decoy=program.decoy,
        modules=len(python),
        lines=sum(text.count("\n") for text in python),
    )


def function_at(source: str, line: int) -> str:
    """`Class.method` around a line, `<module>` outside functions."""
    found = ["<module>"]
    waiting: list[tuple[ast.AST, list[str]]] = [(ast.parse(source), [])]
    while waiting:
        node, names = waiting.pop()
        for child in ast.iter_child_nodes(node):
            inner = names
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                inner = [*names, child.name]
                first = min([child.lineno, *(d.lineno for d in child.decorator_list)])
                if not isinstance(child, ast.ClassDef) and first <= line <= (child.end_lineno or 0):
                    found.append(".".join(inner))
            waiting.append((child, inner))
    return max(found, key=lambda name: (name != "<module>", name.count(".")))
