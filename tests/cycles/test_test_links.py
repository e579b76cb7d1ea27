from __future__ import annotations

import json
import re

from making_clusters import cluster

from analyzer.cycles import link_tests, with_signatures
from analyzer.cycles.tests import total
from analyzer.model import Cluster, TestResult, TestStatus


def mask(text: str) -> str:
    return re.sub(r'"[^"]*"', "<quoted>", re.sub(r"\b\d+\b", "<num>", text))


def clusters_of(message: str | None, *clusters: Cluster, status: str = "failed") -> tuple[str, ...]:
    run = total([TestResult(test="t", status=TestStatus(status), message=message)])
    return link_tests(run, clusters, mask=mask).results[0].clusters


def test_a_core_in_the_failure_text_links_its_cluster() -> None:
    assert clusters_of(
        "AssertionError: got Parcel 17 was lost in depot", cluster("s1:a", "Parcel 4 was lost in depot")
    ) == ("s1:a",)


def test_a_core_inside_a_json_document_links_though_masking_hides_quoted_text() -> None:
    document = json.dumps({"type": "error", "detail": {"error_message": 'Wrapper: no "depot" near parcel 9 today'}})
    assert clusters_of(f"AssertionError: got {document}", cluster("s1:a", 'no "depot" near parcel 4 today')) == (
        "s1:a",
    )


def test_the_longest_core_comes_first_and_the_order_of_clusters_does_not_matter() -> None:
    short, long = cluster("s1:a", "depot is closed"), cluster("s1:b", "the northern depot is closed today")
    text = "got: the northern depot is closed today"
    assert clusters_of(text, short, long) == clusters_of(text, long, short) == ("s1:b", "s1:a")


def test_a_core_of_few_letters_links_nothing() -> None:
    assert clusters_of("AssertionError: timed out", cluster("s1:a", "timed out")) == ()


def test_a_core_that_is_all_placeholders_links_nothing() -> None:
    assert clusters_of('got "some words"', cluster("s1:a", '"words that are masked away"')) == ()


def test_a_passed_test_has_no_clusters() -> None:
    assert clusters_of(None, cluster("s1:a"), status="passed") == ()


def test_a_text_full_of_brackets_is_read_without_harm() -> None:
    text = "[" * 2_000 + "the disk of the depot is full" + '{"a":' * 300
    assert clusters_of(text, cluster("s1:a")) == ("s1:a",)


def test_signatures_are_made_of_what_failed_and_only_for_failed_tests() -> None:
    seen: list[str] = []

    def sign(text: str) -> str:
        seen.append(text)
        return f"s1:{len(seen)}"

    run = with_signatures(
        total(
            [
                TestResult(test="a", status=TestStatus.FAILED, message="one\ntwo\nthree\nfour\nfive\n\nfile.py:3"),
                TestResult(test="b", status=TestStatus.PASSED),
                TestResult(test="c", status=TestStatus.SKIPPED, message="no network"),
                TestResult(test="d", status=TestStatus.ERROR, message="no disk"),
            ]
        ),
        sign,
    )
    assert seen == ["one\ntwo\nthree\nfour", "no disk"]
    assert [r.signature for r in run.results] == ["s1:1", None, None, "s1:2"]
