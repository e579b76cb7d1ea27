"""The whole HTML report inside a notebook cell."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from analyzer import reports


class Page:
    """The HTML report in a frame of its own, so that neither styles nor scripts of one reach the other.

    The frame is sandboxed without `allow-same-origin`: the page's own script (filter, sort) runs, as an origin that
    may read nothing of the notebook, its server or its cookies. The page comes as a `data:` address: in a `srcdoc`
    frame a link to a heading resolves against the notebook's address and would load the notebook in the frame.
    """

    def __init__(self, report: Mapping[str, Any], height: int) -> None:
        self._report = report
        self._height = height

    def _repr_html_(self) -> str:
        page = base64.b64encode(reports.render(self._report, "html").encode("utf-8")).decode("ascii")
        return (
            f'<iframe src="data:text/html;charset=utf-8;base64,{page}" sandbox="allow-scripts allow-popups" '
            f'style="width:100%;height:{int(self._height)}px;border:0" title="cycle report"></iframe>'
        )

    def __repr__(self) -> str:
        """What it is, for viewers without HTML."""
        return f"<HTML report of cycle {self._report['cycle']['name']}>"
