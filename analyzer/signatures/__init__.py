"""Message to signature: masking, wrapper and core, fingerprint, mining.

Takes texts; gives signatures; knows no clusters.
"""

from analyzer.signatures.identity import SIGNATURE_VERSION, sign
from analyzer.signatures.masking import extract_facts, mask
from analyzer.signatures.routes import route
from analyzer.signatures.splitting import split_message

__all__ = ["SIGNATURE_VERSION", "extract_facts", "mask", "route", "sign", "split_message"]
