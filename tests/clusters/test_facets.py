"""The values behind the wildcards."""

from __future__ import annotations

from analyzer.clusters.facets import facets
from analyzer.model import placeholder_values


def test_the_values_of_a_wildcard_are_counted() -> None:
    texts = ["timeout to mill-a after 5 s", "timeout to mill-b after 5 s", "timeout to mill-a after 7 s"]
    host, seconds = facets("timeout to <*> after <num> s", texts)
    assert host.values == (("mill-a", 2), ("mill-b", 1))
    assert seconds.values == (("5", 2), ("7", 1))


def test_a_wildcard_with_one_value_is_no_facet() -> None:
    assert facets("timeout to <*>", ["timeout to mill-a", "timeout to mill-a"]) == ()


def test_values_beyond_the_top_are_counted_as_others() -> None:
    texts = [f"oven {n} is cold" for n in range(9)]
    (facet,) = facets("oven <num> is cold", texts, top=5)
    assert len(facet.values) == 5
    assert facet.others == 4


def test_a_text_that_does_not_fit_is_left_out() -> None:
    texts = ["timeout to mill-a", "no answer", "timeout to mill-b", "timeout to "]
    (host,) = facets("timeout to <*>", texts)
    assert host.values == (("mill-a", 1), ("mill-b", 1))


def test_a_template_fits_from_the_first_sign_to_the_last() -> None:
    assert placeholder_values("a <*> b", "a c") is None
    assert placeholder_values("a <*> b", "c b") is None
    assert placeholder_values("a <*> b", "a b") is None
    assert placeholder_values("a b", "a b") == ()
    assert placeholder_values("a b", "a b c") is None
    assert placeholder_values("a: <num>, <*>", "a:  5, x, y") == ("5", "x, y")


def test_placeholders_side_by_side_share_what_is_between() -> None:
    assert placeholder_values("at <*><num> done", "at 5 7 done") == ("", "5 7")
