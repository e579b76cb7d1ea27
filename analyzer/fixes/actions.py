"""What to do next: one action a cause, most urgent first, each with a place or a command."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzer.model import Action, Cause, Ledger

_MAX_ACTIONS = 5


def next_actions(causes: Sequence[Cause], titles: Mapping[str, str], ledger: Ledger) -> tuple[Action, ...]:
    """At most five actions; what makes the rest undecidable comes first. `titles` are those of the clusters."""
    texts: list[Action] = []
    if ledger.entries and ledger.without_payload * 2 > ledger.entries:
        texts.append(
            Action(
                priority=0,
                text=(
                    f"{ledger.without_payload:,} of {ledger.entries:,} entries hold no payload: read the window again "
                    "with a collector that keeps textPayload and jsonPayload"
                ),
                command="gcloud logging read 'severity>=WARNING' --freshness=2h --format=json > logs.json",
            )
        )
    for cause in causes:
        title = titles.get(cause.fingerprints[0], cause.summary)
        shown = f"analyzer show REPORT.json {cause.fingerprints[0]}"
        if cause.code_paths:
            path = cause.code_paths[0]
            place = f"{path.file}:{path.line}" + (f" ({path.function})" if path.function else "")
            text = f"Look at {place}: {title}"
            texts.append(Action(priority=0, text=text, command=shown, file=path.file, line=path.line))
        elif cause.would_confirm:
            texts.append(Action(priority=0, text=f"Find {cause.would_confirm}: {title}", command=shown))
    return tuple(
        Action(priority=n, text=a.text, command=a.command, file=a.file, line=a.line)
        for n, a in enumerate(texts[:_MAX_ACTIONS], 1)
    )
