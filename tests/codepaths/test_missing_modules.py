"""`No module named …`: why a module is not there, asked of made-up repositories."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from analyzer.codepaths import open_repository
from analyzer.model import Frame, OriginSearch, Proof, Query, QueryKind, Role

SHOP = {
    "Dockerfile": "FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD python main.py\n",
    "main.py": "from shop.web import page\n\npage.show()\n",
    "shop/__init__.py": "",
    "shop/web/__init__.py": "",
    "shop/web/page.py": (
        "import logging\n\nlog = logging.getLogger()\n\n\n"
        "def show():\n    try:\n        prepare()\n    except Exception as e:\n"
        "        log.error('Page failed: ' + f'{e}')\n\n\n"
        "def prepare():\n    from shop.web import chart\n    return chart\n"
    ),
    "shop/web/chart.py": "import shop.monitoring.gauge\n",
    "shop/monitoring/__init__.py": "",
    "shop/monitoring/gauge.py": "",
    "shop/monitoring/alarm.py": "from . import gauge\n",
    "shop/till.py": "try:\n    import shop.monitoring.gauge\nexcept ImportError:\n    pass\n",
    "tests/test_gauge.py": "import shop.monitoring.gauge\n",
}
ASK = Callable[..., OriginSearch]


@pytest.fixture
def ask(repository, cache: Path) -> ASK:
    def asked(files: Mapping[str, str], module: str, **more: object) -> OriginSearch:
        repository.commit(files)
        index = open_repository(repository.root, cache_dir=cache, redact=str)
        query = Query(kind=QueryKind.MODULE, text=f"No module named '{module}'", names={"module": module})
        return index.origins(query, **more)

    return asked


def test_the_line_of_a_docker_ignore_file_is_named_with_the_import_that_fails(repository, cache: Path) -> None:
    repository.commit(SHOP | {".dockerignore": "*.md\n**/monitoring/gauge*\n", "monitoring/gauge.yml": ""})
    index = open_repository(repository.root, cache_dir=cache, redact=str)
    message = "Page failed: No module named 'shop.monitoring.gauge'"
    wrappers = [w.path for w in index.wrappers(message)] or index.statements(message)
    query = Query(kind=QueryKind.MODULE, text=message, names={"module": "shop.monitoring.gauge"})
    found = index.origins(query, wrappers=wrappers)
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.kind, first.proof) == (".dockerignore", 2, "packaging", Proof.FLOWS)
    assert first.raised_at is not None
    assert (first.raised_at.file, first.raised_at.line) == ("shop/web/chart.py", 1)
    assert [(v.file, v.line) for v in first.via] == [("shop/web/page.py", 8), ("shop/web/page.py", 14)]
    said = " | ".join(first.path.evidence)
    assert "shop/monitoring/gauge.py is in the tree" in said
    assert "Dockerfile puts shop/web/chart.py into its image" in said
    assert "also names monitoring/gauge.yml" in said
    assert [(x.file, x.why_not) for x in found.look_alikes] == [("shop/till.py", "its failure is handled there")]


def test_a_name_without_a_folder_counts_at_the_root_of_the_context_only(ask: ASK) -> None:
    found = ask(SHOP | {".dockerignore": "monitoring\n"}, "shop.monitoring.gauge")
    assert found.origins[0].proof is Proof.NAMES
    assert found.origins[0].path.file == "shop/web/chart.py"
    assert found.reason is not None
    assert "nothing of the tree leaves it out" in found.reason


def test_a_line_that_would_take_the_package_too_speaks_against_itself(ask: ASK) -> None:
    ignore = {".dockerignore": "shop/monitoring\n"}
    whole = ask(SHOP | ignore, "shop.monitoring")
    assert (whole.origins[0].path.file, whole.origins[0].proof) == (".dockerignore", Proof.FLOWS)
    inner = ask(SHOP | ignore, "shop.monitoring.gauge")
    assert inner.origins[0].proof is Proof.NAMES
    assert any(e.startswith("against it") for e in inner.origins[0].path.evidence)


def test_a_line_that_another_takes_back_is_named_with_that_doubt(ask: ASK) -> None:
    found = ask(SHOP | {".dockerignore": "**/gauge.py\n!shop/\n"}, "shop.monitoring.gauge")
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.proof) == (".dockerignore", 1, Proof.NAMES)
    assert any("`!shop/` in line 2 brings it back" in e for e in first.path.evidence)
    for taken_back in ("**/gauge.py\n!**/gauge.py\n", "!shop/\n", "**/monitoring\n!shop/monitoring\n"):
        found = ask({".dockerignore": taken_back}, "shop.monitoring.gauge")
        assert found.origins[0].path.file == "shop/web/chart.py", taken_back


def test_the_ignore_file_of_a_dockerfile_counts_instead_of_the_common_one(ask: ASK) -> None:
    files = {"Dockerfile.dockerignore": "shop/monitoring/gauge.py\n", ".dockerignore": ""}
    found = ask(SHOP | files, "shop.monitoring.gauge")
    assert found.origins[0].path.file == "Dockerfile.dockerignore"
    other = ask(SHOP | {"Dockerfile.dockerignore": "", ".dockerignore": "**/gauge.py\n"}, "shop.monitoring.gauge")
    assert other.origins[0].proof is Proof.NAMES


def test_two_tools_are_two_origins_and_neither_hides_the_other(ask: ASK) -> None:
    files = {".dockerignore": "**/gauge.py\n", ".gcloudignore": "#!include:.gitignore\n", ".gitignore": "\ngauge.py\n"}
    ask(SHOP, "shop")  # committed before git ignores it
    found = ask(files, "shop.monitoring.gauge")
    assert [(o.path.file, o.path.line, o.proof) for o in found.origins] == [
        (".dockerignore", 1, Proof.FLOWS),
        (".gitignore", 2, Proof.CAN_RAISE),
    ]
    assert [s.file for s in found.siblings] == [".gitignore"]


def test_a_copy_that_does_not_take_the_folder_is_named(ask: ASK) -> None:
    dockerfile = "FROM python:3.12\nWORKDIR /app\nCOPY main.py .\nCOPY shop/web shop/web/\nCOPY shop/*.py shop/\n"
    found = ask(SHOP | {"Dockerfile": dockerfile}, "shop.monitoring")
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.kind, first.proof) == ("Dockerfile", 4, "packaging", Proof.FLOWS)
    assert "no `COPY` of Dockerfile takes shop/monitoring/__init__.py" in first.path.evidence


def test_a_file_that_is_copied_to_another_place_is_no_module_of_that_name(ask: ASK) -> None:
    dockerfile = (
        "FROM python:3.12\nWORKDIR /app\nCOPY main.py .\nCOPY shop/web shop/web/\nCOPY shop/monitoring gauges/\n"
    )
    found = ask(SHOP | {"Dockerfile": dockerfile}, "shop.monitoring")
    assert found.origins[0].path.line == 5
    assert any("comes into the image as /app/gauges/__init__.py" in e for e in found.origins[0].path.evidence)


def test_a_build_for_development_does_not_speak_for_what_is_deployed(ask: ASK) -> None:
    files = {"Dockerfile.dev": SHOP["Dockerfile"], "Dockerfile.dev.dockerignore": "**/gauge.py\n"}
    found = ask(SHOP | files, "shop.monitoring.gauge")
    assert found.origins[0].path.file == "shop/web/chart.py"
    assert found.origins[0].proof is Proof.NAMES


def test_where_one_of_two_builds_holds_it_nothing_is_proved(ask: ASK) -> None:
    files = {"b/Dockerfile": SHOP["Dockerfile"], "b/Dockerfile.dockerignore": "**/gauge.py\n"}
    found = ask(SHOP | files, "shop.monitoring.gauge")
    assert (found.origins[0].path.file, found.origins[0].proof) == ("b/Dockerfile.dockerignore", Proof.CAN_RAISE)


def test_without_a_dockerfile_an_ignore_line_may_be_it(ask: ASK) -> None:
    files = {name: text for name, text in SHOP.items() if name != "Dockerfile"} | {".dockerignore": "**/gauge.py\n"}
    found = ask(files, "shop.monitoring.gauge")
    assert (found.origins[0].path.file, found.origins[0].proof) == (".dockerignore", Proof.CAN_RAISE)


def test_a_package_without_init_is_not_installed(ask: ASK) -> None:
    files = {
        "Dockerfile": "FROM python:3.12\nCOPY . /src\nRUN pip install /src/. && rm -rf /src\n".replace(
            "/src/.", "./src"
        ),
        "setup.py": "from setuptools import setup, find_packages\nsetup(\n  packages=find_packages(),\n)\n",
        "shop/plain/deep.py": "",
        "shop/web/chart.py": "import shop.plain.deep\n",
    }
    found = ask(SHOP | files, "shop.plain")
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.proof) == ("setup.py", 1, Proof.FLOWS)


def test_a_module_that_git_ignores_is_on_some_machine_only(ask: ASK) -> None:
    found = ask(
        SHOP | {".gitignore": "*.log\nlocal*.py\n", "main.py": "import shop.local_settings\n"}, "shop.local_settings"
    )
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.kind) == (".gitignore", 2, "packaging")


def test_a_renamed_module_is_looked_for_under_a_name_like_it(ask: ASK) -> None:
    found = ask(SHOP | {"main.py": "import shop.web.Page\n"}, "shop.web.Page")
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.kind, first.proof) == ("main.py", 1, "code", Proof.CAN_RAISE)
    assert "shop.web.page is there; names of modules are case sensitive" in first.path.evidence


@pytest.mark.parametrize(
    ("files", "module", "place", "kind", "proof", "words"),
    [
        ({"requirements.txt": "flask\n"}, "yaml", ("main.py", 1), "dependency", Proof.CAN_RAISE, "pyyaml is not among"),
        ({"requirements.txt": "PyYAML==6\n"}, "yaml", ("requirements.txt", 1), "dependency", Proof.NAMES, "asked for"),
        (
            {"pyproject.toml": '[project]\ndependencies = []\n[project.optional-dependencies]\nx = [\n  "pyyaml"\n]\n'},
            "yaml",
            ("pyproject.toml", 5),
            "dependency",
            Proof.CAN_RAISE,
            "only in the group x",
        ),
        (
            {"requirements.txt": "flask\n", "requirements-dev.txt": "pyyaml\n"},
            "yaml",
            ("requirements-dev.txt", 1),
            "dependency",
            Proof.CAN_RAISE,
            "only in requirements-dev.txt",
        ),
        (
            {"requirements.txt": "google-cloud-storage\n"},
            "google.cloud.storage",
            ("requirements.txt", 1),
            "dependency",
            Proof.NAMES,
            "asked for",
        ),
        ({"requirements.txt": "x\n"}, "imp", ("main.py", 1), "dependency", Proof.CAN_RAISE, "3.12"),
        ({}, "yaml", ("main.py", 1), "dependency", Proof.NAMES, "no module of the tree"),
    ],
)
def test_a_module_of_others_is_looked_for_among_the_requirements(
    ask: ASK, files: Mapping[str, str], module: str, place: tuple[str, int], kind: str, proof: Proof, words: str
) -> None:
    found = ask(SHOP | files | {"main.py": f"import {module}\n"}, module)
    first = found.origins[0]
    assert ((first.path.file, first.path.line), first.kind, first.proof) == (place, kind, proof)
    assert words in " ".join(first.path.evidence)


def test_a_folder_of_the_same_name_that_the_import_cannot_see_is_not_the_module(ask: ASK) -> None:
    files = {
        "ops/redis/dump.py": "",
        "main.py": "import redis\n",
        "Dockerfile": "FROM python\nWORKDIR /app\nCOPY main.py .\n",
    }
    alone = ask(SHOP | files, "redis").origins[0]
    assert (alone.path.file, alone.proof) == ("main.py", Proof.NAMES)
    assert any("ops/redis/dump.py" in e for e in alone.path.evidence)
    asked = ask({"requirements.txt": "redis\n"}, "redis").origins[0]
    assert (asked.path.file, asked.kind) == ("requirements.txt", "dependency")


def test_a_service_in_a_folder_of_its_own_is_its_own_root(ask: ASK) -> None:
    files = {
        "api/Dockerfile": "FROM python\nWORKDIR /app\nCOPY . .\n",
        "api/.dockerignore": "gauges\n",
        "api/main.py": "import gauges.fine\n",
        "api/gauges/fine.py": "",
        "web/gauges/fine.py": "",
    }
    first = ask(files, "gauges").origins[0]
    assert (first.path.file, first.path.line, first.proof) == ("api/.dockerignore", 1, Proof.FLOWS)


def test_the_imports_that_would_fail_too_are_siblings(ask: ASK) -> None:
    found = ask(
        SHOP | {"main.py": "import yaml\n", "shop/web/x.py": "def f():\n    from yaml import safe_load\n"}, "yaml"
    )
    assert [(s.file, s.line, s.role) for s in found.siblings] == [("shop/web/x.py", 2, Role.SIBLING)]


def test_the_trace_says_which_import_it_was(ask: ASK) -> None:
    files = SHOP | {"shop/a.py": "import yaml\n", "shop/b.py": "\nimport yaml\n", "main.py": "import shop.a, shop.b\n"}
    frames = [Frame(file="/app/shop/b.py", line=2, function="<module>")]
    found = ask(files, "yaml", frames=frames)
    assert (found.origins[0].path.file, found.origins[0].hops) == ("shop/b.py", 0)


@pytest.mark.parametrize("module", ["", "..", "'; rm", "a" * 10_000, "a." * 5_000])
def test_a_name_that_is_none_finds_nothing(ask: ASK, module: str) -> None:
    assert ask(SHOP, module).origins == ()
