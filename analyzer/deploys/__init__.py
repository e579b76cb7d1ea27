"""Revisions to windows and commits. Takes entries; gives `Deploys`; does not judge fixes."""

from analyzer.deploys.facts import gather_facts
from analyzer.deploys.inference import infer_commits
from analyzer.deploys.timeline import read_deploys

__all__ = ["gather_facts", "infer_commits", "read_deploys"]
