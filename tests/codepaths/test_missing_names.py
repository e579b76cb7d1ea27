"""`cannot import name …`: why a module does not have a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from analyzer.codepaths import open_repository
from analyzer.model import OriginSearch, Proof, Query, QueryKind

ASK = Callable[[Mapping[str, str], str, str], OriginSearch]


@pytest.fixture
def ask(repository, cache: Path) -> ASK:
    def asked(files: Mapping[str, str], name: str, module: str) -> OriginSearch:
        repository.commit({"shop/__init__.py": ""} | files)
        index = open_repository(repository.root, cache_dir=cache, redact=str)
        names = {"name": name, "module": module}
        return index.origins(Query(kind=QueryKind.IMPORT, text=f"cannot import name '{name}'", names=names))

    return asked


def test_a_cycle_of_imports_is_printed_from_the_module_back_to_it(ask: ASK) -> None:
    files = {
        "shop/till.py": "import os\nfrom shop.cart import Cart\n\n\nclass Till:\n    pass\n",
        "shop/cart.py": "from shop.item import Item\n\n\nclass Cart:\n    pass\n",
        "shop/item.py": "import json\nfrom shop.till import Till\n\n\nclass Item:\n    pass\n",
        "shop/later.py": "def f():\n    from shop.till import Till\n    return Till\n",
    }
    found = ask(files, "Till", "shop.till")
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.proof) == ("shop/item.py", 2, Proof.FLOWS)
    assert [(v.file, v.line) for v in first.via] == [("shop/till.py", 2), ("shop/cart.py", 1)]
    assert "cycle: shop/till.py:2 → shop/cart.py:1 → shop/item.py:2" in first.path.evidence


def test_there_is_no_cycle_where_the_name_is_defined_first(ask: ASK) -> None:
    files = {
        "shop/till.py": "class Till:\n    pass\n\n\nfrom shop.cart import Cart\n",
        "shop/cart.py": "from shop.till import Till\n\n\nclass Cart:\n    pass\n",
    }
    found = ask(files, "Till", "shop.till")
    assert found.origins == ()
    assert "shop/till.py:1 defines Till" in str(found.reason)


def test_a_name_that_moved_is_found_where_it_is_now(ask: ASK) -> None:
    files = {
        "shop/till.py": "def open_till():\n    pass\n",
        "shop/drawer.py": "\n\ndef open_tills():\n    pass\n",
        "main.py": "from shop.till import open_tills\n",
        "other.py": "try:\n    from shop.till import open_tills\nexcept ImportError:\n    open_tills = None\n",
    }
    found = ask(files, "open_tills", "shop.till")
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.kind, first.proof) == ("main.py", 1, "code", Proof.CAN_RAISE)
    assert "shop/till.py:1 defines open_till" in first.path.evidence
    assert "shop/drawer.py:3 defines open_tills" in first.path.evidence
    assert [x.file for x in found.look_alikes] == ["other.py"]


def test_a_name_that_is_a_module_is_looked_for_in_the_packaging(ask: ASK) -> None:
    files = {
        "shop/gauge.py": "",
        "main.py": "from shop import gauge\n",
        "Dockerfile": "FROM python\nWORKDIR /app\nCOPY . .\n",
        ".dockerignore": "\n**/gauge.py\n",
    }
    found = ask(files, "gauge", "shop")
    first = found.origins[0]
    assert (first.path.file, first.path.line, first.kind, first.proof) == (".dockerignore", 2, "packaging", Proof.FLOWS)


def test_a_name_of_somebody_elses_module_is_a_matter_of_its_version(ask: ASK) -> None:
    files = {"main.py": "from yaml import nothing\n", "requirements.txt": "flask\npyyaml>=5\n"}
    first = ask(files, "nothing", "yaml").origins[0]
    assert (first.path.file, first.path.line, first.kind) == ("requirements.txt", 2, "dependency")
    assert "`pyyaml>=5` allows more than one version" in first.path.evidence
    assert first.raised_at is not None
    assert first.raised_at.file == "main.py"


def test_names_that_only_running_the_module_gives_are_not_judged(ask: ASK) -> None:
    found = ask({"shop/all.py": "from os.path import *\n", "main.py": "from shop.all import x\n"}, "x", "shop.all")
    assert found.origins == ()
    assert "without running it" in str(found.reason)
