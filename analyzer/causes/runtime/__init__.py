"""What the logs themselves prove: which cluster follows from which, and what the lines around an error say."""

from analyzer.causes.runtime.breadcrumbs import bracket, breadcrumb
from analyzer.causes.runtime.durations import contradictions
from analyzer.causes.runtime.exposure import rate_rose, was_harmless

__all__ = ["bracket", "breadcrumb", "contradictions", "rate_rose", "was_harmless"]
