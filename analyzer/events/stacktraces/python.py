"""Python tracebacks, 2.7 to 3.13, as the interpreter and the usual loggers print them."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.events.stacktraces import (
    python_dicts,
    python_faulthandler,
    python_ipython,
    python_pytest,
    python_rich,
)
from analyzer.events.stacktraces.core import Reader, Span, build, register
from analyzer.events.stacktraces.python_chains import Chain, read_chains
from analyzer.events.stacktraces.python_lines import SEPARATORS, TAKEN
from analyzer.events.stacktraces.python_steps import begin, heads, step

LANGUAGE = "python"
_HINTS = (
    "(most recent call",
    'File "',
    "File \\",
    "sub-exception",
    '"exc_type"',
    "\nE   ",
    "❱",
    "short test summary info",
    "--> ",
    "\n-> ",
    *sorted(SEPARATORS),
)
_FORMATS = (
    (python_rich.MARKS, python_rich.read_rich),
    (python_pytest.MARKS, python_pytest.read_pytest),
    (python_faulthandler.MARKS, python_faulthandler.read_faulthandler),
    (python_ipython.MARKS, python_ipython.read_ipython),
    (python_dicts.MARKS, python_dicts.read_dicts),
)
"""each with the marks without which a text has no stack of it"""


def read(lines: Sequence[str]) -> list[Span]:
    """All tracebacks of a text, in order."""
    plain = list(lines)
    text = "\n".join(lines)
    chains: list[Chain] = []
    for marks, read_format in _FORMATS:
        if any(mark in text for mark in marks):
            found = read_format(plain)
            chains += found
            for chain in found:
                plain[chain.start : chain.end] = [TAKEN] * (chain.end - chain.start)
    chains += read_chains(plain)
    chains.sort(key=lambda chain: chain.start)
    spans: list[Span] = []
    for chain in chains:
        if not spans or chain.start >= spans[-1].end:
            spans.append(_span(chain))
    return spans


def _span(chain: Chain) -> Span:
    trace = build(LANGUAGE, chain.drafts, truncated=chain.truncated) if chain.drafts else None
    return Span(start=chain.start, end=chain.end, trace=trace, prefix=chain.prefix)


register(
    Reader(
        language=LANGUAGE,
        hints=_HINTS,
        read=read,
        begin=begin,
        heads=heads,
        step=step,
    )
)
