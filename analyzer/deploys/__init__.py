"""Revisions to windows and commits. Takes entries; gives `Deploys`; does not judge fixes."""

from analyzer.deploys.timeline import read_deploys

__all__ = ["read_deploys"]
