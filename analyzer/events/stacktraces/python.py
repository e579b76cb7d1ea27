"""Python tracebacks, 2.7 to 3.14, as the interpreter and the usual loggers print them."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.events.stacktraces.core import Reader, Span, build, register
from analyzer.events.stacktraces.python_chains import read_chains
from analyzer.events.stacktraces.python_lines import SEPARATORS
from analyzer.events.stacktraces.python_steps import begin, heads, step

LANGUAGE = "python"


def read(lines: Sequence[str]) -> list[Span]:
    """All tracebacks of a text, in order."""
    spans = []
    for chain in read_chains(lines if isinstance(lines, list) else list(lines)):
        trace = build(LANGUAGE, chain.drafts, truncated=chain.truncated) if chain.drafts else None
        spans.append(Span(start=chain.start, end=chain.end, trace=trace, prefix=chain.prefix))
    return spans


register(
    Reader(
        language=LANGUAGE,
        hints=("(most recent call", 'File "', "File \\", "sub-exception", *sorted(SEPARATORS)),
        read=read,
        begin=begin,
        heads=heads,
        step=step,
    )
)
