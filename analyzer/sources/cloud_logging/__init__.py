"""Entries of a window out of Cloud Logging. Imported only when pulling."""
