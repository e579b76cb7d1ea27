"""Saved cycles in a database. Takes report JSON values; gives `Past` values and rows; judges nothing."""
