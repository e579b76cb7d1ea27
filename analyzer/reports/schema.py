"""The JSON Schema of the report, from `schema.json` beside this file."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of `analyzer.report/1`. Objects stay open: a report may carry more keys."""
    text = (files("analyzer.reports") / "schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
