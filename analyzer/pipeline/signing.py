"""Events to signatures, with the words that mining found to vary."""

from __future__ import annotations

from collections.abc import Sequence

from analyzer.clusters import SignedEvent
from analyzer.model import NO_MESSAGE, ErrorEvent, EventKind, Severity, Signature
from analyzer.rules import Rule
from analyzer.signatures import mine_cores, sign


def sign_events(
    events: Sequence[ErrorEvent], *, mask_rules: Sequence[Rule], frame_rules: Sequence[Rule]
) -> list[SignedEvent]:
    """Sign every event, and let mining fold signatures that differ in a varying word only."""
    signatures = [sign(e, mask_rules=mask_rules, frame_rules=frame_rules) for e in events]
    minable = [n for n, (e, s) in enumerate(zip(events, signatures, strict=True)) if _is_minable(e, s)]
    mined = mine_cores(
        [((("kind", events[n].kind.value), *signatures[n].facts), signatures[n].template) for n in minable]
    )
    template_of = dict(zip(minable, mined, strict=True))
    signed = []
    for number, (event, signature) in enumerate(zip(events, signatures, strict=True)):
        template = template_of.get(number, signature.template)
        changed = template != signature.template
        signed.append(
            SignedEvent(
                event=event,
                signature=signature,
                template=template,
                group=f"mined:{event.kind.value}:{template}" if changed else signature.fingerprint,
            )
        )
    return signed


def _is_minable(event: ErrorEvent, signature: Signature) -> bool:
    """Requests, traces and entries without a message have an identity of their own; mining never touches it."""
    return not signature.has_trace and event.kind is not EventKind.REQUEST and event.message != NO_MESSAGE


def sign_text(text: str, masks: Sequence[Rule], frames: Sequence[Rule]) -> str:
    """The fingerprint of an error that is known by its text alone."""
    event = ErrorEvent(entry_ids=(), time_ns=None, severity=Severity.ERROR, message=text)
    return sign(event, mask_rules=masks, frame_rules=frames).fingerprint
