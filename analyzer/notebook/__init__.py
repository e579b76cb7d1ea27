"""`frame.incident`: signatures, clusters and timelines of any table of log rows, by the same functions as `analyze`.

Importing this module registers the accessor with pandas; nothing else of the project imports it.

    import analyzer.notebook
    frame.incident.cluster(level="ERROR")

Takes a DataFrame that is already in memory; gives DataFrames of the schemas `SIGNATURES`, `GROUPS` and `BINS` in
`analyzer.tables`. Reads no files but rule packs. Texts in the answers are redacted.
"""

from analyzer.notebook.accessor import Incident, incident
from analyzer.notebook.columns import NAMES, PAYLOADS, Named

__all__ = ["NAMES", "PAYLOADS", "Incident", "Named", "incident"]
