"""What identifies an error: masked text and typed facts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """The identity of one error text. Depends on the text alone."""

    fingerprint: str
    """`s<version>:<16 hex>`"""
    template: str
    """the whole message, masked"""
    text: str = ""
    """the same before masking: what stands behind the placeholders of the template"""
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
    place: str = ""
    """module and function of our code that the identity names; empty without a frame of ours"""
