"""Sends tickets by mail."""
