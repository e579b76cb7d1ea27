"""A small history of the newest schema as SQL, to be kept with the tests: python tools/dump_history.py

Run once when a schema is released; later versions must read what it wrote, so a dump is never made anew.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
DUMPS = ROOT / "tests" / "history" / "dumps"


def main() -> int:
    """Write `tests/history/dumps/<schema>.sql`, unless it is there."""
    from analyzer.history import open_history
    from analyzer.history.upgrading import HEAD
    from benchmarks.made_reports import FIX, fingerprint, made_report

    target = DUMPS / f"{HEAD}.sql"
    if target.exists():
        print(f"{target.name} is there; a released schema is not dumped again")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "history.sqlite3"
        history = open_history(f"sqlite:///{file}")
        for cycle in range(3):
            history.save(made_report(cycle))
        history.add_claim(FIX, "Oven 3 did not answer")
        history.add_claim(FIX, fingerprint(1))
        history.add_known(fingerprint(2), "the till is replaced in May", "2026-05-31")
        connection = sqlite3.connect(file)
        lines = list(connection.iterdump())
        connection.close()
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {target.relative_to(ROOT)}: {len(lines)} statements")
    return 0


if __name__ == "__main__":
    sys.exit(main())
