"""A relation or column that a database does not have: the migration that makes it, or the SQL that names it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analyzer.codepaths.origins.code import Code
from analyzer.codepaths.origins.reach import Reach
from analyzer.codepaths.origins.tree_search import CODE, SQL, Line, lines_with
from analyzer.model import CodePath, Origin, OriginSearch, Proof, Query, Role

_NAME = re.compile(r"[\w$]{2,120}")
_MIGRATION = re.compile(
    r"(?:^|/)(?:migrations?|versions|alembic|schema|ddl|changelogs?)/|(?:^|/)V\d+__|migrat", re.IGNORECASE
)
_SPEAKS_SQL = re.compile(
    r"\b(?:select|insert\s{1,5}into|update|delete\s{1,5}from|from|join|into|references|truncate|alter\s{1,5}table)\b",
    re.IGNORECASE,
)
_MAX_PLACES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """A line that has to do with the relation."""

    line: Line
    what: str
    """creates, drops, model or sql"""

    @property
    def migration(self) -> bool:
        return bool(_MIGRATION.search(self.line.path)) or self.line.path.endswith(".sql")


def search(code: Code, query: Query, reach: Reach) -> OriginSearch:
    """What the tree knows of a relation or column that is missing."""
    relation = query.names.get("relation", "").strip("'\"` ").rpartition(".")[2].strip("'\"` ")
    column = query.names.get("column", "").strip("'\"` ").rpartition(".")[2].strip("'\"` ")
    if not relation and "." in query.names.get("column", ""):
        relation = query.names["column"].strip("'\"` ").rpartition(".")[0].strip("'\"` ")
    wanted = column or relation
    if _NAME.fullmatch(wanted) is None:
        return OriginSearch(reason="the message names no relation and no column")
    lines = [x for x in lines_with(code, wanted, (*CODE, *SQL)) if not code.is_test(x.path)]
    found = list(_read(code, lines, wanted, relation if column else ""))
    made = [f for f in found if f.what == "creates" and f.migration]
    dropped = [f for f in found if f.what == "drops" and f.migration]
    models = [f for f in found if f.what == "model" or (f.what == "creates" and not f.migration)]
    naming = [f.line for f in found if f.what == "sql"]
    naming.sort(key=lambda x: (not _reached(code, reach, x), x.path, x.line))
    raised_at = (
        code.place(naming[0].path, naming[0].line, role=Role.RAISE, evidence=(f"its SQL names {wanted}",))
        if naming
        else None
    )
    thing = f"column {wanted}" if column else f"relation {wanted}"
    if made:
        said = [f"this migration creates the {thing}, so it has not run there, or ran in another schema"]
        said += [f"{f.line.path}:{f.line.line} drops it again" for f in dropped[:2]]
        return OriginSearch(origins=_origins(code, made, said, "infrastructure", Proof.CAN_RAISE, raised_at))
    if models:
        said = [f"the {thing} is declared here, and no migration of the tree creates it"]
        return OriginSearch(origins=_origins(code, models, said, "code", Proof.CAN_RAISE, raised_at))
    origins = tuple(
        Origin(
            path=code.place(
                x.path,
                x.line,
                confidence=0.5,
                evidence=(f"its SQL names the {thing}", f"nothing of the tree creates the {thing}"),
            ),
            proof=Proof.CAN_RAISE,
        )
        for x in naming[:_MAX_PLACES]
    )
    return OriginSearch(origins=origins, reason=None if origins else f"no line of the tree names the {thing}")


def _origins(
    code: Code, found: Sequence[_Found], said: list[str], kind: str, proof: Proof, raised_at: CodePath | None
) -> tuple[Origin, ...]:
    return tuple(
        Origin(
            path=code.place(f.line.path, f.line.line, confidence=0.6, evidence=tuple(said)),
            proof=proof,
            kind=kind,
            raised_at=raised_at,
        )
        for f in found[:_MAX_PLACES]
    )


def _read(code: Code, lines: Sequence[Line], wanted: str, relation: str) -> Iterator[_Found]:
    """What each line does with the name. A call may begin some lines above it: `create_table(` and then the name."""
    quoted = re.compile(rf"(?<![\w$]){re.escape(wanted)}(?![\w$])", re.IGNORECASE)
    for line in lines:
        if quoted.search(line.text) is None or line.why_not == "a comment":
            continue
        source = code.lines(line.path)
        around = " ".join(source[max(0, line.line - 4) : line.line])
        upto = around[: around.lower().rfind(wanted.lower())]
        what = _what(upto.lower(), line.text.lower(), relation.lower(), source, line.line)
        function = code.facts.function_at(line.path, line.line) if what == "drops" else None
        if what and not (function is not None and function.name == "downgrade"):  # that is not run on the way forward
            yield _Found(line=line, what=what)


def _what(before: str, text: str, relation: str, source: Sequence[str], number: int) -> str:
    near = before[-160:]
    if relation:  # a column: its table stands a little above
        above = " ".join(source[max(0, number - 60) : number]).lower()
        if relation in above and re.search(
            r"(?:column|add_column|add\s{1,5}column|mapped_column)\b", near[-80:] + text
        ):
            return "drops" if "drop" in near[-40:] else "creates" if re.search(r"op\.|alter|create", above) else "model"
        if relation in above and re.search(r"create\s{1,5}table|create_table", above):
            return "creates"
    elif re.search(
        r"(?:create_table\(|create\s{1,5}table\s{1,5}(?:if\s{1,5}not\s{1,5}exists\s{1,5})?)[\s\"'`\w.\[]{0,60}$", near
    ):
        return "creates"
    elif re.search(r"(?:drop_table\(|drop\s{1,5}table\s{1,5}(?:if\s{1,5}exists\s{1,5})?)[\s\"'`\w.\[]{0,60}$", near):
        return "drops"
    elif re.search(r"(?:__tablename__|db_table|tablename)\s{0,5}[:=][^=]{0,20}$|\btable\([\s\"']{0,20}$", near):
        return "model"
    return "sql" if _SPEAKS_SQL.search(near[-100:]) or _SPEAKS_SQL.search(text) else ""


def _reached(code: Code, reach: Reach, line: Line) -> bool:
    function = code.facts.function_at(line.path, line.line)
    reached = reach.of(line.path, function.name) if function is not None else None
    return reached is not None and reached.holds(line.line)
