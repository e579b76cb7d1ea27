"""Revisions to windows and commits. Takes entries; gives `Deploys`; does not judge fixes."""
