"""Raise every message of the knowledge base and print one JSON row each.

    python tests/samples/raising                        # every family whose libraries are here
    python tests/samples/raising --standard             # what needs the interpreter alone
    python tests/samples/raising --record FILE …        # merge what was printed (several Pythons) into one file

Uses the loopback interface only.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import running

STANDARD = (
    "python_values",
    "python_calls",
    "python_names",
    "python_texts",
    "python_json",
    "python_files",
    "python_asyncio",
    "python_sockets",
    "python_sqlite",
)
LIBRARIES = (
    "lib_sqlalchemy",
    "lib_postgres",
    "lib_mongo",
    "lib_redis",
    "lib_http",
    "lib_grpc",
    "lib_pydantic",
    "lib_starlette",
    "lib_django",
    "lib_celery",
    "lib_cloud",
    "lib_servers",
    "lib_tokens",
)


def main(arguments: list) -> None:
    """The rows on stdout; what could not be raised on stderr."""
    if "--record" in arguments:
        return record(*(Path(a) for a in arguments if a != "--record"))
    named = [a for a in arguments if not a.startswith("-")]
    for name in named or (STANDARD if "--standard" in arguments else STANDARD + LIBRARIES):
        try:
            module = importlib.import_module(name)
        except ImportError as absent:
            print(f"{name}: {absent}", file=sys.stderr)
            continue
        families = getattr(module, "FAMILIES", [module])
        for family in families:
            for row in running.rows(family):
                print(json.dumps(row, ensure_ascii=False), flush=True)
    return None


def record(target: Path, *printed: Path) -> None:
    """Rows of several runs in one file, sorted."""
    rows = [json.loads(line) for path in printed for line in path.read_text(encoding="utf-8").splitlines()]
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) for row in running.merged(rows)]
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
