"""How long the first and the second answer of a repository take: `bench_where.py REPO COMMIT [MESSAGE]`.

Each answer is a process of its own with one cache folder, so process start is in the figures: wall and CPU seconds.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time

_ASK = """
import sys, pathlib
from analyzer.codepaths import open_repository
index = open_repository(pathlib.Path(sys.argv[1]), sys.argv[2], cache_dir=pathlib.Path(sys.argv[4]), redact=str)
for path in index.statements(sys.argv[3], limit=5):
    print(f"  {path.confidence:.3f} {path.role.value:6} {path.file}:{path.line} {path.function}")
"""


def main() -> int:
    """Print wall and CPU seconds of a cold and two warm questions."""
    if len(sys.argv) < 3:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    repository, commit = sys.argv[1:3]
    message = sys.argv[3] if len(sys.argv) > 3 else "connection failed: timeout"
    with tempfile.TemporaryDirectory() as cache:
        for name in ("cold", "warm", "warm again"):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            start = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-c", _ASK, repository, commit, message, cache],
                env=os.environ,
                capture_output=True,
                text=True,
                check=False,
            )
            wall = time.perf_counter() - start
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            sys.stdout.write(f"{name}: {wall:.2f} s wall, {cpu:.2f} s CPU\n{done.stdout}{done.stderr}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
