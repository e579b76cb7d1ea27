"""Write the columns of every table into docs/notebooks.md, from the schemas: python tools/list_columns.py [--check]

What stands between the two marks there is replaced. With --check nothing is written; exit 1 where the page is old.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from analyzer.tables import FRAME_TABLES, TABLES, Schema

PAGE = Path(__file__).resolve().parent.parent / "docs" / "notebooks.md"
BEGIN, END = "<!-- columns: written by tools/list_columns.py -->", "<!-- end of columns -->"
DTYPES = {"object": "list"}


def listing() -> str:
    """Markdown of all tables, those of an analysis first."""
    parts = ["## Tables of an analysis", *_sections(TABLES, "analysis.{}")]
    parts += ["## Tables of the accessor", *_sections(FRAME_TABLES, "frame.incident.{}()")]
    return "\n\n".join(parts)


def _sections(tables: Mapping[str, tuple[Schema, str]], call: str) -> list[str]:
    parts = []
    for name, (schema, rows) in tables.items():
        lines = ["| column | dtype | meaning |", "|---|---|---|"]
        for column, written in schema.items():
            lines.append(f"| `{column}` | {DTYPES.get(written.dtype, written.dtype)} | {written.meaning} |")
        parts += [f"### {name}", f"`{call.format(name)}`. {rows}", "\n".join(lines)]
    return parts


def renewed(page: str) -> str:
    """The page with the listing between its marks; raises ValueError where a mark is missing."""
    before, after = page.index(BEGIN) + len(BEGIN), page.index(END)
    return f"{page[:before]}\n\n{listing()}\n\n{page[after:]}"


def main() -> int:
    """Write the page, or with --check tell whether it is current."""
    page = PAGE.read_text(encoding="utf-8")
    if "--check" in sys.argv[1:]:
        print("current" if renewed(page) == page else "old: run python tools/list_columns.py")
        return int(renewed(page) != page)
    PAGE.write_text(renewed(page), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
