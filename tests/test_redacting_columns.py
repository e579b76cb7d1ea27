"""Redaction of columns: exactly what it makes of each text alone, whoever wrote the rules."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzer.redaction import Redactor, build_redactor
from analyzer.rules import KINDS, load_rules

REDACTOR = build_redactor()
SALTED = build_redactor((), "pepper")
QUIET = ["GET /api/orders/17 200", "the order was saved", '{"rows": 12, "trace": "6fa459ea"}', "Bäckerei №7"] * 300
"""what a column is filled with, so that screens are worth their set-up"""


def samples() -> list[str]:
    """Every sample of every shipped rule."""
    found: list[str] = []
    for kind in KINDS:
        for rule in load_rules(kind):
            found += [sample.text for sample in rule.match]
            found += [*rule.miss, *map(str, rule.extra.get("keep", ())), *map(str, rule.extra.get("hints", ()))]
    return found


SAMPLES = samples()
ODD = [
    *(
        "ſecret=hunter2",
        "toKen: abcd12345",
        "AUTHORİZATION: Bearer fake0000fake",
        "\0",
        "\n",
        "\\n",
        "\ud800",
        "\u2028",
        "\xa0",
    ),
    *(
        " ",
        "=",
        ":",
        '"',
        "'",
        "\\",
        "/",
        "@",
        ".",
        "-",
        "_",
        "é",
        "9",
        "A",
        "x",
        "{",
        "[",
        "<ip>",
        "ip-3f2a91",
        "::",
        "4111 1111 1111 1111",
    ),
]


@st.composite
def pieces(draw: st.DrawFn) -> str:
    whole = draw(st.sampled_from(SAMPLES))
    start = draw(st.integers(0, len(whole)))
    return draw(st.sampled_from([whole, whole[start:], whole[:start], whole.swapcase()]))


texts = st.lists(st.one_of(pieces(), st.sampled_from(ODD), st.text(max_size=6)), max_size=5).map("".join)
keys = texts | st.sampled_from(
    [
        *(
            "api_key",
            "X-Api-Key",
            "passWord\n",
            "pwd-_",
            "user_id",
            "USERID",
            "sub",
            "locals",
            "to\u212aen",
            "tokens",
            "name",
        )
    ]
)
documents = st.recursive(
    st.one_of(
        texts, st.sampled_from(["hunter2", "1234567", "١٢٣٤٥٦٧", 1234567]), st.integers(), st.booleans(), st.none()
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=6,
)


def alone(redactor: Redactor, column: list[str | None]) -> list[str | None]:
    return [None if text is None else redactor.text(text) for text in column]


def fresh(redactor: Redactor) -> Redactor:
    return build_redactor((), "pepper") if redactor.salted else build_redactor()


@pytest.mark.parametrize("redactor", [REDACTOR, SALTED], ids=["plain", "salted"])
def test_a_column_of_all_samples_is_redacted_as_each_alone(redactor: Redactor) -> None:
    column: list[str | None] = [None, "", "abc", *SAMPLES, *ODD, *(f"x {text} y" for text in SAMPLES), *QUIET]
    column += [f"{a} {b}" for a, b in zip(SAMPLES, reversed(SAMPLES), strict=True)] * 2
    assert fresh(redactor).texts(column) == alone(redactor, column)


@given(st.lists(st.none() | texts, max_size=12))
@settings(max_examples=150, deadline=None)
def test_a_column_is_redacted_as_each_alone(column: list[str | None]) -> None:
    many = [*column, *QUIET]
    for redactor in (REDACTOR, SALTED):
        redactor._cache.clear()  # else the second question is answered from the first
        assert redactor.texts(many) == alone(redactor, many)


@given(st.lists(texts, min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_texts_with_much_to_hide_are_redacted_as_each_alone(some: list[str]) -> None:
    # enough different ones with something in them that the screens of single rules are asked too
    column: list[str | None] = [
        f"{text} from 203.0.113.{n % 250} no {n}" for n in range(600) for text in some[n % len(some) :][:1]
    ]
    assert fresh(REDACTOR).texts(column) == alone(REDACTOR, column)


def test_long_texts_keep_their_secrets_too() -> None:
    filler = "all is well with the order and its rows; " * 25_000
    column: list[str | None] = [filler, f"{filler} token=fake0000fake {filler}", *QUIET]
    shown = REDACTOR.texts(column)
    assert shown[0] == filler
    assert shown[1] == f"{filler} token=<secret> {filler}"


@given(st.lists(documents, max_size=6))
@settings(max_examples=150, deadline=None)
def test_values_are_redacted_as_each_alone(values: list[Any]) -> None:
    assert fresh(REDACTOR).values(values) == [REDACTOR.value(value) for value in values]


@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@given(st.lists(documents, max_size=6))
@settings(max_examples=100, deadline=None)
def test_a_document_the_screen_lets_pass_is_its_own_redaction(
    ensure_ascii: bool, separators: tuple[str, str], values: list[Any]
) -> None:
    written = [json.dumps(value, ensure_ascii=ensure_ascii, separators=separators) for value in values]
    for value, changes in zip(values, REDACTOR.may_change_json(written), strict=True):
        assert changes or REDACTOR.value(value) == value


@pytest.mark.parametrize("sample", SAMPLES)
def test_an_escape_hides_nothing(sample: str) -> None:
    texts = (sample, f"Traceback:\n\t{sample}\n", f'said "{sample}"', f"C:\\{sample}")
    written = [json.dumps({"message": text}, ensure_ascii=False) for text in texts]
    for text, changes in zip(texts, REDACTOR.may_change_json(written), strict=True):
        assert changes is True or REDACTOR.text(text) == text


def test_documents_with_nothing_to_hide_pass_though_they_hold_escapes() -> None:
    value = {
        "message": 'Traceback:\n  File "a.py", line 3\n',
        "path": "C:\\srv",
        "time": "2025-09-07T13:35:00Z",
        "n": 17,
    }
    assert REDACTOR.may_change_json([json.dumps(value), None]) == [False, False]


@pytest.mark.parametrize(
    "key", ["password", "x_api-key", "AUTHORIZATION", "Set-Cookie", "refresh_token", "pass-word", "toKen"]
)
def test_a_value_that_its_key_hides_may_change(key: str) -> None:
    assert REDACTOR.value({key: "fake value"}) == {key: "<secret>"}
    assert REDACTOR.may_change_json([json.dumps({"a": {key: "fake value"}}, ensure_ascii=False)]) == [True]


def test_the_number_of_a_user_and_local_variables_may_change_but_not_every_user() -> None:
    documents = [{"user_id": 12345678}, {"user": "12345678"}, {"locals": {"a": 1}}, {"user": "3f2a"}, {"locals": "no"}]
    assert REDACTOR.may_change_json([json.dumps(d) for d in documents]) == [True, True, True, False, False]


def test_a_document_nested_too_deep_may_change() -> None:
    for depth, expected in ((60, False), (65, True)):
        assert REDACTOR.may_change_json(["[" * depth + "1" + "]" * depth]) == [expected]


def test_a_key_tells_what_it_says_of_its_value() -> None:
    told = [REDACTOR.key(key) for key in ("message", "api_key", "user_id", "locals", "baker@example.com")]
    assert told == [("message", ""), ("api_key", "secret"), ("user_id", "user"), ("locals", "locals"), ("<email>", "")]


RULE = '[[rule]]\nid = "redact.own-{n}"\nwhy = "w"\npattern = \'{pattern}\'\n{more}match = ["{match}"]\nmiss = ["zz"]\n'


@pytest.mark.parametrize(
    ("pattern", "more", "match"),
    [
        (r"(?:)q?w?", 'replace = ""\n', "qw"),  # may match nothing: no screen
        (r"[a-z]+(?<=bread)", "", "bread"),  # a screen that nearly every text trips
        (r"[a-z]+(?<=bread)", 'hints = ["rye"]\n', "rye bread"),
        (r"(?i)order no (\d+) is \1\b", "", "order no ١٢ is ١٢"),
        (r"^\S+$(?<!rye)", 'replace = "!"\n', "bread"),
    ],
)
def test_a_project_s_rules_are_screened_soundly_or_not_at_all(
    tmp_path: Path, pattern: str, more: str, match: str
) -> None:
    (tmp_path / "redact").mkdir()
    (tmp_path / "redact" / "own.toml").write_text(RULE.format(n=1, pattern=pattern, more=more, match=match))
    redactor, again = build_redactor([tmp_path]), build_redactor([tmp_path])
    column = [
        *QUIET,
        *SAMPLES,
        "rye bread",
        "Rye is no bread",
        "bread",
        "ORDER NO 17 IS 17.",
        "order no ١٢ is ١٢",
        "x\ud800 bread",
    ]
    assert redactor.texts(column) == [again.text(text) for text in column]
    written = [json.dumps(text, ensure_ascii=False) for text in column]
    for text, changes in zip(column, redactor.may_change_json(written), strict=True):
        assert changes or again.text(text) == text


def test_the_digest_tells_rules_and_salts_apart_and_stays_the_same_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "redact").mkdir()
    (tmp_path / "redact" / "own.toml").write_text(RULE.format(n=1, pattern="rye", more="", match="rye"))
    digests = [
        *(REDACTOR.digest, SALTED.digest, build_redactor((), "salt").digest, build_redactor([tmp_path]).digest),
    ]
    assert len(set(digests)) == 4
    code = "from analyzer.redaction import build_redactor as b; print(b().digest, b((), 'pepper').digest)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.split() == [REDACTOR.digest, SALTED.digest]


def test_redacting_a_single_text_does_not_need_arrow() -> None:
    code = (
        "import sys; from analyzer.redaction import build_redactor as b; b().text('token=fake0000fake 203.0.113.7'); "
    )
    code += "print('pyarrow' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "False"
