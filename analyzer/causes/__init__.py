"""Clusters and code paths to ranked causes with evidence. Takes model values; gives causes; does not read files."""
