"""The sizes a Markdown report comes in. Alone here, so that a command line names them without loading templates."""

from __future__ import annotations

MARKDOWN_SIZES = ("summary", "standard", "full")
"""for a chat or a pull request, for a ticket, and all that fits"""
