"""Message to signature: masking, wrapper and core, fingerprint, mining.

Takes texts; gives signatures; knows no clusters.
"""

from analyzer.signatures.identity import SIGNATURE_VERSION, sign
from analyzer.signatures.likeness import similarity
from analyzer.signatures.masking import extract_facts, mask
from analyzer.signatures.mining import Mined, Summary, finalize, merge, mine, mine_cores, mine_values, summarize
from analyzer.signatures.routes import SCANNER_PROBE, route
from analyzer.signatures.splitting import split_message

__all__ = [
    "SCANNER_PROBE",
    "SIGNATURE_VERSION",
    "Mined",
    "Summary",
    "extract_facts",
    "finalize",
    "mask",
    "merge",
    "mine",
    "mine_cores",
    "mine_values",
    "route",
    "sign",
    "similarity",
    "split_message",
    "summarize",
]
