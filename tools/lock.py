"""Resolve `requirements/*.lock` anew: python tools/lock.py [--upgrade]

One resolution for every platform and every Python from 3.11 on, with hashes, without the address of any index. `uv`
from the PATH resolves; where there is none it is installed beside this interpreter. The index is the one pip is
configured to use. Without `--upgrade` versions move only as far as pyproject.toml makes them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# From the fullest to the leanest; each is bound by the one before, so that all agree on every version.
GROUPS = {"ci": ("build", "dev", "ci"), "dev": ("build", "dev"), "runtime": ("build",)}
OPTIONS = (
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--quiet",
)


def main(arguments: list[str]) -> None:
    """Write the three locks; a command that fails ends the run with its own words."""
    uv = shutil.which("uv") or _install_uv()
    env = {**os.environ, **_index_of_pip()}
    bound: list[str] = []
    for name, groups in GROUPS.items():
        target = f"requirements/{name}.lock"
        chosen = [word for group in groups for word in ("--group", group)]
        command = [uv, "pip", "compile", *OPTIONS, *chosen, *bound, *arguments, "pyproject.toml", "-o", target]
        subprocess.run(command, cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        bound = ["--constraint", target]


def _install_uv() -> str:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "uv"], check=True)
    return str(Path(sys.executable).parent / "uv")


def _index_of_pip() -> dict[str, str]:
    """uv does not read pip's configuration; the index named there is handed on."""
    asked = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    index = os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()
    return {"UV_DEFAULT_INDEX": index} if index else {}


if __name__ == "__main__":
    main(sys.argv[1:])
