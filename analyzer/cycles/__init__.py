"""Tests, baseline, changes. Takes test files and an earlier report; gives a test run and changes; reads no logs."""

from analyzer.cycles.baseline import Baseline, baseline_of, pick_green, read_baseline, read_baseline_json
from analyzer.cycles.changes import compare_clusters
from analyzer.cycles.exposure import measure_exposure
from analyzer.cycles.known import apply_known
from analyzer.cycles.links import link_tests, with_signatures
from analyzer.cycles.rates import chance_of_quiet, chance_of_silence, compare_rates
from analyzer.cycles.run_times import run_times
from analyzer.cycles.statistics import SIGNIFICANT, mcnemar_exact, wilson_interval
from analyzer.cycles.tests import read_tests, total
from analyzer.cycles.transitions import compare_tests

__all__ = [
    "SIGNIFICANT",
    "Baseline",
    "apply_known",
    "baseline_of",
    "chance_of_quiet",
    "chance_of_silence",
    "compare_clusters",
    "compare_rates",
    "compare_tests",
    "link_tests",
    "mcnemar_exact",
    "measure_exposure",
    "pick_green",
    "read_baseline",
    "read_baseline_json",
    "read_tests",
    "run_times",
    "total",
    "wilson_interval",
    "with_signatures",
]
