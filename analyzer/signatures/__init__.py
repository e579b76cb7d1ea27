"""Message to signature: masking, wrapper and core, fingerprint, mining.

Takes texts; gives signatures; knows no clusters.
"""

from analyzer.signatures.masking import extract_facts, mask

__all__ = ["extract_facts", "mask"]
