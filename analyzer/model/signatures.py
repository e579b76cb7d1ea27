"""What identifies an error: masked text and typed facts, and the placeholder syntax every stage agrees on."""

from __future__ import annotations

from dataclasses import dataclass

WILDCARD = "<*>"
"""What mining writes where a token varies. Masks write `<kind>`, e.g. `<uuid>`, `<num>`, `<ip>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The identity of one error text. Depends on the text alone."""

    fingerprint: str
    """`s<version>:<16 hex>`"""
    template: str
    """the whole message, masked"""
    core: str
    """innermost message, as printed"""
    core_masked: str
    wrappers: tuple[str, ...] = ()
    """outermost first, as printed"""
    exception_type: str | None = None
    exception_message: str | None = None
    facts: tuple[tuple[str, str], ...] = ()
    """identity numbers taken out before any folding: (kind, value), e.g. ("http_status", "503")"""
    has_trace: bool = False
