"""The sentences that the lines around an error add to a cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.causes.runtime.breadcrumbs import breadcrumb
from analyzer.causes.runtime.durations import contradictions
from analyzer.model import Context, ErrorEvent, Evidence

_MAX_SHOWN = 160


def context_evidence(contexts: Sequence[Context], event_of_entry: Mapping[str, ErrorEvent]) -> tuple[Evidence, ...]:
    """Times that contradict the message, then the last line before the first occurrence that has one."""
    found: list[Evidence] = []
    for context in contexts:
        event = event_of_entry.get(context.entry_ids[0])
        if event is not None:
            found.extend(contradictions(event, context))
        if found:
            break
    for context in contexts:
        line = breadcrumb(context)
        if line is not None and line.text:
            where = "its request" if line.same_request else "its instance"
            text = f"the last line of {where} before it: “{line.text[:_MAX_SHOWN]}”"
            if line.time_ns is not None and context.time_ns is not None:
                text += f", {(context.time_ns - line.time_ns) / 1e9:.3f} s earlier"
            found.append(Evidence(text=text, entry_ids=(line.entry_id, *context.entry_ids[:1])))
            break
    return tuple(found)
