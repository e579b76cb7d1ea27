"""Settings: where they come from and which one wins."""

from __future__ import annotations

from pathlib import Path

import pytest

from analyzer.config import load_config
from analyzer.errors import ConfigError


def test_later_wins_from_file_to_environment_to_option(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.analyzer]\nfail_on = "new"\ncycle = "p"\njobs = 1\n')
    (tmp_path / "analyzer.toml").write_text('cycle = "f"\njobs = 2\n')
    config = load_config({"jobs": 4}, environ={"ANALYZER_CYCLE": "e", "ANALYZER_JOBS": "3"}, folder=tmp_path)
    assert (config["fail_on"], config["cycle"], config["jobs"]) == ("new", "e", 4)
    assert config.values["cycle"].origin == "environment ANALYZER_CYCLE"
    assert config.values["jobs"].origin == "option --jobs"
    assert config.values["members"].origin == "default"


def test_paths_in_a_file_are_relative_to_that_file(tmp_path: Path) -> None:
    (tmp_path / "analyzer.toml").write_text('repo = ["shop=code:api", "other"]\n')
    inner = tmp_path / "inner"
    inner.mkdir()
    config = load_config(environ={}, folder=inner)
    assert config["repo"] == (f"shop={tmp_path / 'code:api'}", str(tmp_path / "other"))


def test_the_salt_stands_under_redact(tmp_path: Path) -> None:
    (tmp_path / "analyzer.toml").write_text('[redact]\nsalt = "pepper"\n')
    assert load_config(environ={}, folder=tmp_path)["salt"] == "pepper"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("repos = []", "unknown setting"),
        ('jobs = "many"', "not a int"),
        ('fail_on = "sometimes"', "fail_on"),
        ("jobs = ", "analyzer.toml"),
        ("[redact]\npepper = 1", "redact"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "analyzer.toml").write_text(text)
    with pytest.raises(ConfigError, match=says):
        load_config(environ={}, folder=tmp_path)


def test_a_wrong_environment_value_names_the_variable(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="ANALYZER_MEMBERS"):
        load_config(environ={"ANALYZER_MEMBERS": "perhaps"}, folder=tmp_path)


def test_a_history_in_a_file_of_settings_lies_beside_it(tmp_path: Path) -> None:
    (tmp_path / "analyzer.toml").write_text('history = "sqlite:///team.sqlite3"\n')
    assert load_config(environ={"CI": "1"}, folder=tmp_path)["history"] == f"sqlite:///{tmp_path / 'team.sqlite3'}"


@pytest.mark.parametrize(("ci", "none"), [("true", True), ("1", True), ("false", False), ("0", False), ("", False)])
def test_nothing_is_kept_by_default_where_the_environment_says_ci(tmp_path: Path, ci: str, none: bool) -> None:
    config = load_config(environ={"CI": ci, "XDG_DATA_HOME": "/data"}, folder=tmp_path)
    assert config["history"] == ("none" if none else "sqlite:////data/analyzer/history.sqlite3")
    asked = load_config({"history": "sqlite:///x"}, environ={"CI": ci}, folder=tmp_path)
    assert asked["history"] == "sqlite:///x"
