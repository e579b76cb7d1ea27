"""Claims that commits make themselves: trailers `Fixes-Cluster: FINGERPRINT or TEXT`."""

from __future__ import annotations

from pathlib import Path

from analyzer.codepaths.git import open_git
from analyzer.errors import RepositoryError
from analyzer.model import Claim

TRAILER = "Fixes-Cluster"
_FORMAT = f"--format=%H%x1f%(trailers:key={TRAILER},valueonly=true,unfold=true,separator=%x1f)%x1e"
_MAX_COMMITS = 2_000
_MAX_CLAIMS = 200


def read_trailers(path: Path, *, since: str | None = None, until: str = "HEAD") -> tuple[Claim, ...]:
    """Claims of the commits after `since` up to `until`, oldest first; all of the newest 2,000 without `since`.

    A commit that is not there ends in no claims: what cannot be read claims nothing.
    """
    git = open_git(path) if path.is_dir() else None
    if git is None:
        return ()
    try:
        end = git.resolve(until)
        span = f"{git.resolve(since)}..{end}" if since is not None else end
    except RepositoryError:
        return ()
    told = git.run(
        *("log", "--no-color", "--no-notes", "--no-show-signature", f"--max-count={_MAX_COMMITS}", _FORMAT),
        *("--end-of-options", span, "--"),
    )
    claims = []
    for record in told.decode("utf-8", "replace").split("\x1e"):
        commit, *texts = record.strip("\n").split("\x1f")
        claims += [Claim(commit=commit, text=t.strip(), origin="trailer") for t in reversed(texts) if t.strip()]
    return tuple(reversed(claims[:_MAX_CLAIMS]))
