"""Does a wheel hold everything it should? python tools/check_wheel.py FILE.whl

Every file that git tracks under `analyzer/` and `patterns/` must be inside, and nothing else of the checkout.
"""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def expected(tracked: list[str]) -> set[str]:
    """Names inside the wheel for names in the checkout: the packs move into the package."""
    return {f"analyzer/{name}" if name.startswith("patterns/") else name for name in tracked}


def main(wheel: str) -> int:
    """Print what is missing or foreign; the exit code."""
    # The checkout may belong to another user than the one who runs the checks; git refuses that unless told.
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--", "analyzer", "patterns"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    want = expected([name for name in listing.split("\0") if name])
    with zipfile.ZipFile(wheel) as archive:
        have = {name for name in archive.namelist() if ".dist-info/" not in name and not name.endswith("/")}
    for name in sorted(want - have):
        print(f"missing in the wheel: {name}")
    for name in sorted(have - want):
        print(f"in the wheel, not tracked by git: {name}")
    print(f"{Path(wheel).name}: {len(have)} files")
    return 1 if want != have else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
