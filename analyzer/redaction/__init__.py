"""Text → text without secrets: what a rule of `patterns/redact` hides stays hidden in everything that is written.

Takes texts and JSON-like values, gives them back with placeholders; reads and writes nothing.
"""

from analyzer.redaction.redactor import REDACTION_VERSION, Redactor, build_redactor

__all__ = ["REDACTION_VERSION", "Redactor", "build_redactor"]
