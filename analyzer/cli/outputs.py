"""Where results go: checked before the work starts, kept elsewhere where writing fails after all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analyzer.cli.failing import warn
from analyzer.errors import ReportError

FORMATS = (".html", ".md", ".json", ".sarif")


def check_outputs(paths: Sequence[str]) -> list[Path]:
    """The files to write; raises `ReportError` where one cannot be written or has an unknown suffix."""
    targets = []
    for text in paths:
        target = Path(text)
        if target.suffix not in FORMATS:
            raise ReportError(f"-o {text}: the suffix picks the format", f"use one of {', '.join(FORMATS)}")
        folder = target.parent
        if target.is_dir():
            raise ReportError(f"-o {text} is a folder", "name a file in it")
        if not folder.is_dir():
            raise ReportError(f"-o {text}: no folder {folder}", f"mkdir -p {folder}")
        if not os.access(target if target.exists() else folder, os.W_OK):
            raise ReportError(f"-o {text} cannot be written", "choose a file that is yours to write")
        targets.append(target)
    return targets


def check_size(size: str) -> str:
    """The size of Markdown that `--markdown` names; raises `ReportError` for another word."""
    from analyzer.reports.sizes import MARKDOWN_SIZES

    if size not in MARKDOWN_SIZES:
        raise ReportError(f"--markdown {size}: no such size", f"use one of {', '.join(MARKDOWN_SIZES)}")
    return size


def write_outputs(
    report: Mapping[str, Any], targets: Sequence[Path], *, size: str = "standard", saved: str | None = None
) -> None:
    """Write every format, Markdown in `size`. Where one fails the result is kept in a temporary file.

    `ReportError` then says where: in that file, or in `saved`, a file or cycle that has it already.
    """
    from analyzer.reports.files import render_file

    failed: list[str] = []
    for target in targets:
        data = render_file(report, target.suffix, size=size)
        try:
            replace_file(target, data)
        except OSError as err:
            failed.append(f"{target}: {err.strerror or err}")
    if failed:
        kept = saved or _keep(render_file(report, ".json"))
        for reason in failed:
            warn(f"not written: {reason}")
        raise ReportError(
            f"{len(failed)} of {len(targets)} files could not be written; the result is kept in {kept}",
            f"free the place and run: analyzer report {kept} -o FILE",
        )


def replace_file(target: Path, data: bytes) -> None:
    """Write beside the target and rename, so that a reader never sees half a report; devices are written in place."""
    if target.exists() and not target.is_file():
        target.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _keep(data: bytes) -> Path:
    handle, name = tempfile.mkstemp(prefix="analyzer-report-", suffix=".json")
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    return Path(name)
