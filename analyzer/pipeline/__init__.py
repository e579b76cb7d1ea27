"""The whole story, one line a stage: sources ⇢ events ⇢ signatures ⇢ clusters ⇢ … ⇢ causes ⇢ report.

Stages do not know each other; what one gives and the next takes is handed on here.
"""

from analyzer.pipeline.analyze import Analyzed, analyze, read_dict_events
from analyzer.pipeline.live import LiveOptions, first_findings, open_live
from analyzer.pipeline.looking_up import Answer, look_up, where
from analyzer.pipeline.verifying import verify

__all__ = [
    "Analyzed",
    "Answer",
    "LiveOptions",
    "analyze",
    "first_findings",
    "look_up",
    "open_live",
    "read_dict_events",
    "verify",
    "where",
]
