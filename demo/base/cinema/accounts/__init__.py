"""Visitors and staff, and the tokens they show."""
