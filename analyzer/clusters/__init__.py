"""Signatures to clusters: folding, twins, noise. Takes signed events; gives clusters and their members; does not read code."""
