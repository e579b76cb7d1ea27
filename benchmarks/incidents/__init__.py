"""Made incidents with truth: small services that really run, fail and log, each with a repository and its log entries.

`make_incident(seed, folder)` gives one; the same seed gives the same repository, entries and truth. Programs are put
together from texts: `shapes/` (what kind of program it is and how it swallows errors), `defects/` (what is wrong, what
fails alike, what only looks alike) and `parts/` (calls in between, harmless modules, ways of logging).
"""

from benchmarks.incidents.making import MEANT_FOR, Incident, Place, Truth, classes, make_incident

__all__ = ["MEANT_FOR", "Incident", "Place", "Truth", "classes", "make_incident"]
