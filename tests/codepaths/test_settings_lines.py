"""Hosts, environment variables, credentials and limits: the lines of a repository that set them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from analyzer.codepaths import open_repository
from analyzer.model import OriginSearch, Proof, Query, QueryKind

TREE = {
    "deploy/staging.yaml": "env:\n  - name: TILL_HOST\n    value: till.staging.example.com\n",
    "deploy/production.yaml": "env:\n  TILL_HOST: till.example.com\n",
    "docker-compose.test.yml": "environment:\n  TILL_HOST: till.staging.example.com\n",
    "scripts/deploy.py": "SECRETS = {\n    'till-url': 'https://till.staging.example.com:8443/x',\n}\n",
    "docs/setup.yaml": "host: till.staging.example.com\n",
    "tests/test_till.py": "HOST = 'till.staging.example.com'\n",
    "notes.yaml": "# till.staging.example.com was moved\nother: mytill.staging.example.com.internal\n",
    "shop/till.py": (
        "import os\n\nHOST = os.environ['TILL_HOST']\nKEY = os.getenv('TILL_KEY')\n"
        "MODE = os.getenv('TILL_MODE', 'slow')\n\n\n"
        "def connect():\n    try:\n        return os.environ['TILL_PORT']\n    except Exception as e:\n"
        "        raise RuntimeError(f'Till is closed: {e}') from None\n"
    ),
    "Dockerfile": "FROM python\nENV TILL_MODE=fast\n",
}
ASK = Callable[..., OriginSearch]


@pytest.fixture
def ask(repository, cache: Path) -> ASK:
    def asked(kind: QueryKind, text: str = "", files: Mapping[str, str] = TREE, **names: str) -> OriginSearch:
        repository.commit(files)
        index = open_repository(repository.root, cache_dir=cache, redact=str)
        return index.origins(Query(kind=kind, text=text, names=names))

    return asked


def test_the_lines_that_name_a_host_are_found_those_for_staging_first(ask: ASK) -> None:
    found = ask(QueryKind.CONNECTION, host="till.staging.example.com", port="8443")
    assert [(o.path.file, o.path.line, o.kind, o.proof) for o in found.origins] == [
        ("scripts/deploy.py", 2, "configuration", Proof.CAN_RAISE),
        ("deploy/staging.yaml", 3, "configuration", Proof.CAN_RAISE),
        ("docker-compose.test.yml", 2, "configuration", Proof.NAMES),
    ]
    assert {(x.file, x.why_not) for x in found.look_alikes} == {
        ("docs/setup.yaml", "documentation, an example or a copy"),
        ("tests/test_till.py", "test code"),
        ("notes.yaml", "a comment"),
    }


def test_the_host_of_an_address_is_taken(ask: ASK) -> None:
    found = ask(QueryKind.CONNECTION, url="https://user:word@till.example.com:443/path")
    assert [o.path.file for o in found.origins] == ["deploy/production.yaml"]
    assert any("TILL_HOST is read at shop/till.py:3" in e for e in found.origins[0].path.evidence)


def test_a_host_that_no_file_names_is_said_to_come_from_elsewhere(ask: ASK) -> None:
    found = ask(QueryKind.CONNECTION, host="till-7f.internal")
    assert [(o.path.file, o.path.line, o.proof) for o in found.origins] == [("shop/till.py", 3, Proof.NAMES)]
    assert "stands in no file" in str(found.reason)
    assert ask(QueryKind.CONNECTION, host="10.0.0.7").origins == ()
    assert ask(QueryKind.CONNECTION).origins == ()


@pytest.mark.parametrize(
    ("variable", "line", "words"),
    [
        ("TILL_KEY", 4, "no deployment file of the tree sets TILL_KEY"),
        ("TILL_HOST", 3, "TILL_HOST is set in deploy/staging.yaml:2"),
        ("TILL_PORT", 10, "no deployment file"),
    ],
)
def test_a_variable_is_shown_where_it_is_read_and_where_it_is_set(
    ask: ASK, variable: str, line: int, words: str
) -> None:
    first = ask(QueryKind.ENVIRONMENT, variable=variable).origins[0]
    assert (first.path.file, first.path.line, first.proof) == ("shop/till.py", line, Proof.CAN_RAISE)
    assert words in " ".join(first.path.evidence)


def test_a_read_with_a_default_cannot_fail(ask: ASK) -> None:
    found = ask(QueryKind.ENVIRONMENT, variable="TILL_MODE")
    assert [(x.file, x.line) for x in found.look_alikes] == [("shop/till.py", 5)]
    assert [(o.path.file, o.path.line, o.proof) for o in found.origins] == [("Dockerfile", 2, Proof.NAMES)]


def test_a_variable_that_is_set_for_others_only_is_said_to_be_so(ask: ASK) -> None:
    files = {"deploy/production.yaml": "env:\n  TILL_KEY: x\n", "deploy/staging.yaml": "env: []\n"}
    first = ask(QueryKind.ENVIRONMENT, files=TREE | files, variable="TILL_KEY").origins[0]
    assert "set for other environments only: deploy/production.yaml:2 (production)" in " ".join(first.path.evidence)


def test_a_variable_that_is_read_in_a_way_of_its_own_is_found_by_its_words(ask: ASK) -> None:
    files = {
        "shop/own.py": "TILL = settings.get('TILL_COLOUR')\nprint('TILL_COLOUR')\n",
        "deploy/run.py": "ARGUMENTS = '--set TILL_COLOUR=1'\n",
    }
    found = ask(QueryKind.ENVIRONMENT, files=TREE | files, variable="TILL_COLOUR")
    assert [(o.path.file, o.path.line, o.proof) for o in found.origins] == [
        ("shop/own.py", 1, Proof.NAMES),
        ("deploy/run.py", 1, Proof.NAMES),
    ]


def test_a_credential_is_only_looked_for_where_the_message_names_its_variable(ask: ASK) -> None:
    found = ask(QueryKind.CREDENTIAL, "TILL_KEY is missing or too short")
    assert (found.origins[0].path.file, found.origins[0].path.line) == ("shop/till.py", 4)
    assert ask(QueryKind.CREDENTIAL, "the token was refused").origins == ()


def test_the_lines_that_set_a_limit_are_named_as_such_and_no_more(ask: ASK) -> None:
    files = {"deploy/service.tf": 'resources {\n  memory = "512Mi"\n}\n', "README.md": "memory: 512Mi\n"}
    found = ask(QueryKind.RESOURCE, files=TREE | files, resource="memory")
    assert [(o.path.file, o.path.line, o.proof) for o in found.origins] == [("deploy/service.tf", 2, Proof.NAMES)]
    assert ask(QueryKind.RESOURCE, resource="patience").origins == ()


@pytest.mark.parametrize(
    "host", ["--output=/tmp/x", "-e", "a\nb.example.com", "\0\0\0\0\0", "x" * 10_000, "....", "$(id)"]
)
def test_a_hostile_host_is_a_text_and_nothing_else(ask: ASK, host: str) -> None:
    assert ask(QueryKind.CONNECTION, host=host).origins == ()


def test_a_folder_without_git_and_a_changed_file_are_read_too(
    ask: ASK, repository, cache: Path, tmp_path: Path
) -> None:
    plain = tmp_path / "plain"
    (plain / "deploy").mkdir(parents=True)
    (plain / "deploy" / "staging.yaml").write_text("host: till.staging.example.com\n")
    query = Query(kind=QueryKind.CONNECTION, text="", names={"host": "till.staging.example.com"})
    found = open_repository(plain, cache_dir=cache, redact=str).origins(query)
    assert [(o.path.file, o.path.line) for o in found.origins] == [("deploy/staging.yaml", 1)]
    repository.commit({"shop/till.py": "HOST = 'a.example.com'\n"})
    repository.write({"shop/till.py": "\nHOST = 'till.staging.example.com'\n"})
    found = open_repository(repository.root, cache_dir=cache, redact=str).origins(query)
    assert [(o.path.file, o.path.line) for o in found.origins] == [("shop/till.py", 2)]
