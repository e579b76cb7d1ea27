"""`analyzer` as a process of its own, in an environment that knows neither credentials nor proxies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from analyzer.sources.cloud_logging.rows import rfc3339
from tests.logging_server import Mix
from tests.sources.cloud_logging.pulls import MANY

DEAD = "http://127.0.0.1:9"
"""nobody listens there"""
OF_OTHERS = ("GOOGLE_", "GCE_", "CLOUDSDK_", "GRPC_", "ANALYZER_", "REQUESTS_", "SSL_CERT")


def clean(environ: dict[str, str], home: Path) -> dict[str, str]:
    """The environment without what says where and as whom to ask: nobody has signed in, no machine of Google's."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith(OF_OTHERS) and not name.lower().endswith("_proxy")
    }
    empty = home / "nobody"
    empty.mkdir(parents=True, exist_ok=True)
    own = {"HOME": str(empty), "CLOUDSDK_CONFIG": str(empty), "NO_GCE_CHECK": "true"}
    nowhere = {"HTTPS_PROXY": DEAD, "NO_PROXY": "127.0.0.1"}  # so that a test gone wrong asks nobody outside
    return kept | own | nowhere | {"ANALYZER_CACHE_DIR": str(home / "cache")}


def run(folder: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`analyzer ARGUMENTS` with its cache in the folder."""
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *arguments],
        env=clean(dict(os.environ), folder) | env,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def pull_words(mix: Mix, *options: str) -> list[str]:
    """The words of a pull of everything."""
    window = ("--from", rfc3339(mix.start_ns), "--to", rfc3339(mix.end_ns))
    return ["pull", "--project", mix.project, *window, "--max-requests", str(MANY), *options]


def run_pull(folder: Path, mix: Mix, *options: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`analyzer pull` of the window of the made entries."""
    return run(folder, *pull_words(mix, *options), **env)
