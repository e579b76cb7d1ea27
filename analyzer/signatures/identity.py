"""`sign`: the fingerprint of an error event, by the contract's "Identity"."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import blake2b

from analyzer.model import ErrorEvent, EventKind, Frame, Signature, StackTrace, TraceException
from analyzer.rules import Rule
from analyzer.signatures.masking import extract_facts, mask
from analyzer.signatures.routes import request_of
from analyzer.signatures.splitting import before_document, plain, split_message

SIGNATURE_VERSION = 2
"""Raise it with any edit that can move a fingerprint, masks included."""
NO_MESSAGE = "(no message)"
_GENERATED_NUMBER = re.compile(r"(?<=\$)[0-9]+|(?<=\$\$)[0-9a-fx]+")


def sign(event: ErrorEvent, *, mask_rules: Sequence[Rule], frame_rules: Sequence[Rule] = ()) -> Signature:
    """The identity of one event, from its text alone.

    Requests are known by (method, status, route, service), events without message by (service, severity), events with
    a stack trace by where and what the root exception is, all others by core and outermost wrapper.
    A rule of `frame_rules` with `helper = true` names files, with `on = "function"` functions, whose frames leave their
    place in the identity to the caller.
    """
    trace = _trace(event)
    if trace is not None and any(e.frames for e in trace.exceptions):
        return _sign_trace(event, trace, mask_rules, frame_rules)
    if event.kind is EventKind.REQUEST and (request := request_of(event)):
        return _sign_request(event, request)
    if trace is None and event.message.strip() in ("", NO_MESSAGE):
        return Signature(
            fingerprint=fingerprint("no message", event.service, event.severity.name),
            template=NO_MESSAGE,
            core=NO_MESSAGE,
            core_masked=NO_MESSAGE,
        )
    return _sign_message(event, trace, mask_rules)


def fingerprint(*parts: str) -> str:
    """`s<version>:` and 16 hexadecimal digits of BLAKE2b over the parts."""
    written = json.dumps([SIGNATURE_VERSION, *parts], ensure_ascii=True).encode("ascii")
    return f"s{SIGNATURE_VERSION}:{blake2b(written, digest_size=8).hexdigest()}"


def _sign_trace(
    event: ErrorEvent, trace: StackTrace, mask_rules: Sequence[Rule], frame_rules: Sequence[Rule]
) -> Signature:
    root = trace.root_exception
    inner, core = split_message(root.message)
    core_masked = _masked(core, mask_rules)
    frame = _place(trace, frame_rules)
    module, function = _module(frame.file), _function(frame.function)
    printed = fingerprint(trace.language, _last_part(root.type), module, function, core_masked)
    outer = _outer_wrappers(event, root, core)
    shown = event.message if event.message.strip() not in ("", NO_MESSAGE) else _title(root)
    text = _text(event, shown)
    return Signature(
        fingerprint=printed,
        template=_masked(text, mask_rules),
        text=text,
        core=core,
        core_masked=core_masked,
        wrappers=(*outer, *(w for w in inner if w not in outer)),
        exception_type=root.type,
        exception_message=root.message,
        facts=_facts(mask_rules, plain(event.message), plain(root.message)),
        has_trace=True,
        place=f"{module}:{function}" if frame.in_app else "",
    )


def _sign_request(event: ErrorEvent, request: tuple[str, str, str]) -> Signature:
    method, status, route = request
    template = f"HTTP {method} {status} {route}"
    return Signature(
        fingerprint=fingerprint("request", method, status, route, event.service),
        template=template,
        core=template,
        core_masked=template,
        text=template,
        facts=(("http_status", status),),
    )


def _sign_message(event: ErrorEvent, trace: StackTrace | None, mask_rules: Sequence[Rule]) -> Signature:
    wrappers, core = split_message(event.message, event.nested)
    root = trace.root_exception if trace is not None else None
    shown = event.message
    if root is not None and root.message.strip():
        inner, core = split_message(root.message)
        wrappers = (*_outer_wrappers(event, root, core), *inner) or ((_last_part(root.type),) if root.type else ())
    elif root is not None and event.message.strip() in ("", NO_MESSAGE):
        wrappers, core = (), _last_part(root.type)
    if root is not None and event.message.strip() in ("", NO_MESSAGE):
        shown = _title(root)
    core_masked = _masked(core, mask_rules)
    text = _text(event, shown)
    return Signature(
        fingerprint=fingerprint(core_masked, _masked(wrappers[0], mask_rules) if wrappers else ""),
        template=_masked(text, mask_rules),
        text=text,
        core=core,
        core_masked=core_masked,
        wrappers=wrappers,
        exception_type=root.type if root else None,
        exception_message=root.message if root else None,
        facts=_facts(mask_rules, *wrappers, core),
    )


def _trace(event: ErrorEvent) -> StackTrace | None:
    """The first trace with frames, else the first."""
    usable = [t for t in event.stack_traces if t.exceptions]
    framed = [t for t in usable if any(e.frames for e in t.exceptions)]
    return next(iter(framed or usable), None)


def _place(trace: StackTrace, frame_rules: Sequence[Rule]) -> Frame:
    """The in-app frame nearest the root: in the root itself, else in the nearest exception around it; without any
    the innermost frame."""
    helpers = [r for r in frame_rules if r.extra.get("helper")]
    chain = _outwards(trace)
    frames = [f for e in chain for f in reversed(e.frames)]
    ours = [f for f in frames if f.in_app]
    for frame in ours:
        path = (frame.file or "").replace("\\", "/")
        if not any(rule.finds_frame(trace.language, path, frame.function or "") for rule in helpers):
            return frame
    if ours:
        return ours[0]
    return frames[0] if frames else next(f for e in trace.exceptions for f in reversed(e.frames))


def _outwards(trace: StackTrace) -> list[TraceException]:
    """The root exception and those around it, up to the title."""
    chain: list[TraceException] = []
    index: int | None = trace.root if trace.root is not None else trace.last
    seen: set[int] = set()
    while index is not None and index not in seen and 0 <= index < len(trace.exceptions):
        seen.add(index)
        chain.append(trace.exceptions[index])
        index = trace.exceptions[index].parent
    return chain


def _outer_wrappers(event: ErrorEvent, root: TraceException, core: str) -> tuple[str, ...]:
    """What the message says around the core of its exception."""
    if event.message.strip() in ("", NO_MESSAGE):
        return ()
    wrappers, rest = split_message(event.message, event.nested)
    known = {core, plain(root.message), plain(_title(root)), ""}
    said = rest.removesuffix(core).rstrip(" :=-–—") if rest not in known else ""
    said = "" if core and core in said else said
    return tuple(w for w in (*wrappers, said) if w and w != _last_part(root.type) and w != root.type)


def _text(event: ErrorEvent, shown: str) -> str:
    """What the template masks."""
    if event.nested:
        outer, inner = before_document(event.message), plain(event.nested[-1].text)
        return f"{outer}: {inner}" if outer and outer not in inner else inner
    return plain(shown)


def _masked(text: str, mask_rules: Sequence[Rule]) -> str:
    """The text masked, with one name for numbers and for hexadecimal digits: an id may be either from one event to the
    next, and a count may grow from seven figures to eight."""
    return mask(text, mask_rules).replace("<hex>", "<num>")


def _facts(mask_rules: Sequence[Rule], *texts: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({fact for text in texts for fact in extract_facts(text, mask_rules)}))


def _title(root: TraceException) -> str:
    return f"{root.type}: {root.message}" if root.type and root.message else root.type or root.message


def _last_part(name: str | None) -> str:
    return re.split(r"[.:\\$]", (name or "").strip())[-1].lstrip("*")


def _module(file: str | None) -> str:
    """`/srv/app/shop/cart.py` → `shop/cart`."""
    parts = [p for p in (file or "").replace("\\", "/").split("/") if p not in ("", ".", "..")][-2:]
    if parts and "." in parts[-1][1:]:
        parts[-1] = parts[-1].rpartition(".")[0]
    return "/".join(parts)


def _function(function: str | None) -> str:
    return _GENERATED_NUMBER.sub("", (function or "").removesuffix("()").replace("<locals>.", ""))
