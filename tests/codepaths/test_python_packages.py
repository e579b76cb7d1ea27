"""What a project's settings put into its distribution."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from analyzer.codepaths.packaging.git_ignore import ignored, read_ignore_file
from analyzer.codepaths.packaging.manifest import manifest_verdict
from analyzer.codepaths.packaging.project import read_project
from analyzer.codepaths.packaging.python_packages import left_out

TREE = dict.fromkeys(
    (
        "shop/__init__.py",
        "shop/till.py",
        "shop/web/__init__.py",
        "shop/web/page.py",
        "shop/web/page.html",
        "shop/plain/deep.py",
        "tools/__init__.py",
        "tools/count.py",
        "run.py",
    ),
    "",
)
SETUPTOOLS = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
HATCH = '[build-system]\nbuild-backend = "hatchling.build"\n[project]\nname = "shop"\n'
POETRY = '[build-system]\nbuild-backend = "poetry.core.masonry.api"\n[tool.poetry]\nname = "shop"\n'


def _why(files: Mapping[str, str], path: str) -> tuple[str, int] | None:
    whole = TREE | files
    project = read_project("", whole.keys(), whole.__getitem__)
    rules = {"": read_ignore_file(files.get(".gitignore", ""), ".gitignore")}
    found = left_out(project, path, ignored_by_git=lambda p: ignored(p, rules))
    return (found.file, found.line) if found is not None else None


def _setup(arguments: str) -> dict[str, str]:
    return {"setup.py": f"from setuptools import find_packages, setup\n\nsetup(\n    {arguments}\n)\n"}


@pytest.mark.parametrize(
    ("files", "path", "place"),
    [
        # setup.py
        (_setup("packages=find_packages()"), "shop/web/page.py", None),
        (_setup("packages=find_packages()"), "shop/plain/deep.py", ("setup.py", 1)),
        (_setup("packages=find_namespace_packages()"), "shop/plain/deep.py", None),
        (_setup("packages=find_packages(exclude=['shop.web', 'tools*'])"), "shop/web/page.py", ("setup.py", 4)),
        (_setup("packages=find_packages(exclude=['shop.web', 'tools*'])"), "tools/count.py", ("setup.py", 4)),
        (_setup("packages=['shop']"), "shop/web/page.py", ("setup.py", 1)),
        (_setup("packages=['shop']"), "shop/till.py", None),
        (_setup("packages=['shop']"), "run.py", ("setup.py", 1)),
        (_setup("packages=['shop'], py_modules=['run']"), "run.py", None),
        (_setup("packages=my_own_search()"), "shop/web/page.py", None),
        # data files
        (_setup("packages=find_packages()"), "shop/web/page.html", ("setup.py", 1)),
        (_setup("packages=find_packages(), package_data={'shop.web': ['*.html']}"), "shop/web/page.html", None),
        (_setup("packages=find_packages(), package_data={'': ['web/*.html']}"), "shop/web/page.html", None),
        (
            _setup("packages=find_packages(), include_package_data=True")
            | {"MANIFEST.in": "recursive-include shop *.html\n"},
            "shop/web/page.html",
            None,
        ),
        (
            _setup("packages=find_packages(), include_package_data=True")
            | {"MANIFEST.in": "graft shop\nglobal-exclude *.html\n"},
            "shop/web/page.html",
            ("MANIFEST.in", 2),
        ),
        # setup.cfg
        (
            {"setup.cfg": "[options]\npackages = find:\n[options.packages.find]\nexclude =\n    shop.web\n"},
            "shop/web/page.py",
            ("setup.cfg", 5),
        ),
        ({"setup.cfg": "[options]\npackages =\n    shop\n    shop.web\n"}, "shop/web/page.py", None),
        # pyproject.toml
        (
            {"pyproject.toml": SETUPTOOLS + '[tool.setuptools]\npackages = ["shop"]\n'},
            "shop/web/page.py",
            ("pyproject.toml", 5),
        ),
        (
            {"pyproject.toml": SETUPTOOLS + '[tool.setuptools.packages.find]\ninclude = ["shop*"]\n'},
            "tools/count.py",
            ("pyproject.toml", 5),
        ),
        (
            {"pyproject.toml": SETUPTOOLS + '[tool.setuptools.packages.find]\ninclude = ["shop*"]\n'},
            "shop/plain/deep.py",
            None,
        ),
        ({"pyproject.toml": SETUPTOOLS + '[project]\nname = "shop"\n'}, "tools/count.py", ("pyproject.toml", 4)),
        ({"pyproject.toml": SETUPTOOLS + '[project]\nname = "shop"\n'}, "shop/web/page.py", None),
        # hatch
        ({"pyproject.toml": HATCH}, "shop/web/page.html", None),
        ({"pyproject.toml": HATCH}, "tools/count.py", ("pyproject.toml", 3)),
        (
            {"pyproject.toml": HATCH + '[tool.hatch.build.targets.wheel]\npackages = ["shop"]\nexclude = ["web/"]\n'},
            "shop/web/page.py",
            ("pyproject.toml", 7),
        ),
        ({"pyproject.toml": HATCH, ".gitignore": "# made\nweb/\n"}, "shop/web/page.py", (".gitignore", 2)),
        (
            {"pyproject.toml": HATCH + "[tool.hatch.build]\nignore-vcs = true\n", ".gitignore": "web/\n"},
            "shop/web/page.py",
            None,
        ),
        # poetry
        ({"pyproject.toml": POETRY}, "shop/web/page.html", None),
        ({"pyproject.toml": POETRY + 'exclude = ["shop/web"]\n'}, "shop/web/page.html", ("pyproject.toml", 5)),
        ({"pyproject.toml": POETRY + 'packages = [{ include = "shop" }]\n'}, "tools/a.py", ("pyproject.toml", 5)),
        # others, and broken files, say nothing
        ({"pyproject.toml": '[build-system]\nbuild-backend = "flit_core.buildapi"\n'}, "tools/count.py", None),
        ({"pyproject.toml": "[[["}, "tools/count.py", None),
        ({"setup.py": "setup("}, "tools/count.py", None),
        ({"setup.cfg": "packages"}, "tools/count.py", None),
    ],
)
def test_the_line_that_leaves_a_file_out_is_found(
    files: Mapping[str, str], path: str, place: tuple[str, int] | None
) -> None:
    assert _why(files, path) == place


def test_the_last_command_of_a_manifest_decides() -> None:
    text = "include *.cfg\ngraft shop # all\nprune shop/web\nrecursive-exclude shop *.tmp\n"
    assert manifest_verdict(text, "other/a.cfg") is None
    for path, included, line in (
        ("setup.cfg", True, 1),
        ("shop/a.html", True, 2),
        ("shop/web/a.html", False, 3),
        ("shop/a.tmp", False, 4),
    ):
        verdict = manifest_verdict(text, path)
        assert verdict is not None
        assert (verdict.included, verdict.line) == (included, line)
