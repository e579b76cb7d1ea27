"""How soon a page answers its reader: `python -m benchmarks.bench_page [PAGE.html…] [--clusters N] [--runs N]`.

Of the pages given, else of the demo's four cycles and of a made-up report with N clusters. Each run opens the page in
a new context of one Chromium and types into the filter as soon as it is there. Wall seconds from the start of the
navigation to `DOMContentLoaded`, to `load`, and until the filter has acted and the next frame is drawn; beside them the
CPU seconds of the page's own process. Medians; the first run, which warms Chromium, is not counted.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.reports import render
from benchmarks.made_large_reports import made_large_report
from tests.screens.opening import DESK, launched, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# What a reader does first, in one go: nothing of it waits for our own process.
_TYPE = """() => new Promise((done) => {
  const filter = document.querySelector("input[type=search]");
  filter.value = "nowhere-at-all";
  filter.dispatchEvent(new Event("input", {bubbles: true}));
  const hidden = [...document.querySelectorAll("details.cluster")].every((card) => !card.checkVisibility());
  requestAnimationFrame(() => setTimeout(() => done([hidden, performance.now()])));
})"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """Seconds since navigation began; `cpu` is what the page's process spent in all."""

    parsed: float
    loaded: float
    interactive: float
    cpu: float


def measure(browser: Browser, page: Path) -> Times:
    """One opening of a page."""
    with opened(browser, page.resolve().as_uri(), width=DESK) as screen:
        acted, now = screen.ask(_TYPE)
        if not acted:
            raise SystemExit(f"{page}: the filter hides nothing")
        parsed, loaded = screen.ask(
            "(([n]) => [n.domContentLoadedEventEnd, n.loadEventEnd])(performance.getEntriesByType('navigation'))"
        )
        session = screen.page.context.new_cdp_session(screen.page)
        session.send("Performance.enable")
        metrics = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
        return Times(parsed=parsed / 1e3, loaded=loaded / 1e3, interactive=now / 1e3, cpu=metrics["ProcessTime"])


def median(found: list[Times]) -> Times:
    """Each figure's own median."""
    parsed, loaded, interactive, cpu = (statistics.median(values) for values in zip(*map(astuple, found), strict=True))
    return Times(parsed=parsed, loaded=loaded, interactive=interactive, cpu=cpu)


def main() -> int:
    """Print a line for each page."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("pages", nargs="*", type=Path)
    options.add_argument("--clusters", type=int, default=1_000, metavar="N")
    options.add_argument("--runs", type=int, default=5, metavar="N")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as kept, launched() as browser:
        pages = chosen.pages or _made(Path(kept), chosen.clusters)
        for page in pages:
            times = median([measure(browser, page) for _ in range(chosen.runs + 1)][1:])
            print(
                f"{page.parent.name}/{page.name} ({page.stat().st_size / 1e3:,.0f} KB): parsed {times.parsed:.2f} s, "
                f"loaded {times.loaded:.2f} s, interactive {times.interactive:.2f} s; {times.cpu:.2f} s CPU"
            )
    return 0


def _made(folder: Path, clusters: int) -> list[Path]:
    demo = folder / "demo"
    subprocess.run([sys.executable, "-m", "analyzer", "demo", "--into", str(demo), "--quiet"], check=True)
    large = folder / "made" / f"{clusters}-clusters.html"
    large.parent.mkdir()
    large.write_text(render(made_large_report(clusters=clusters), "html"), encoding="utf-8")
    return [*sorted(demo.glob("cycle-*/report.html")), large]


if __name__ == "__main__":
    sys.exit(main())
