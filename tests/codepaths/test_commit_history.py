from __future__ import annotations

from pathlib import Path

from analyzer.codepaths import RepositoryHistory, open_history
from analyzer.model import CodeFact, FactKind
from tests.codepaths.conftest import Repository

SHOP = """import logging

logger = logging.getLogger(__name__)


class Shop:
    def sell(self, item):
        logger.info(f"Sold {item} at the counter")
        price = self.prices[item]
        logger.info(
            "Price of %s: %d",
            item,
            price,
        )
        return price


def relay(text):
    logger.warning(text)
"""


def history(repository: Repository, cache: Path, *, subdir: str = "") -> RepositoryHistory:
    found = open_history(
        repository.root, subdir=subdir, redact=lambda t: t.replace("hunter2", "REDACTED"), cache_dir=cache
    )
    assert found is not None
    return found


def fits(repository: Repository, cache: Path, *facts: CodeFact) -> list[str]:
    """The fit of each fact from the oldest commit to the newest: `1` whole, `+` in part, `0` not, `-` unknown."""
    found = history(repository, cache)
    table = found.fit(facts, newest=0, count=len(found.line))
    marks = {1.0: "1", 0.0: "0"}
    return ["-" if row is None else "".join(marks.get(fit, "+") for fit in reversed(row)) for row in table]


def label(line: int, text: str, *, function: str = "sell", file: str = "stand.shop") -> CodeFact:
    return CodeFact(kind=FactKind.LABELS, file=file, line=line, function=function, text=text)


def frame(line: int, text: str, *, function: str = "sell", file: str = "/srv/app/stand/shop.py") -> CodeFact:
    return CodeFact(kind=FactKind.FRAMES, file=file, line=line, function=function, text=text)


def said(text: str) -> CodeFact:
    return CodeFact(kind=FactKind.TEXTS, text=text)


def test_a_label_fits_where_the_statement_at_its_line_prints_the_message(repository: Repository, cache: Path) -> None:
    repository.commit({"README": "a stand"})
    repository.commit({"stand/shop.py": SHOP})
    repository.commit({"README": "a better stand"})
    repository.commit({"stand/shop.py": SHOP.replace("import logging\n", "import logging\nimport math\n")})
    repository.commit({"stand/shop.py": SHOP.replace("Sold {item} at", "Gave {item} away at")})
    assert fits(
        repository,
        cache,
        label(8, "Sold plums at the counter"),
        label(10, "Price of plums: 3"),
        label(12, "Price of plums: 3"),  # the line that interpreters before 3.8 print
        label(8, "Closed for today"),
        label(8, "Sold plums at the counter", function="buy"),
        label(19, "anything at all", function="relay"),
        label(8, "Sold plums", file="elsewhere.stall"),
    ) == ["01100", "01101", "0+++" + "+", "00000", "00000", "0++0+", "-"]


def test_a_frame_fits_where_its_source_line_stands(repository: Repository, cache: Path) -> None:
    repository.commit({"stand/shop.py": SHOP})
    repository.commit({"stand/shop.py": SHOP.replace("self.prices[item]", "self.prices[item.name]")})
    repository.commit({"stand/shop.py": "# moved down\n" + SHOP})
    repository.commit({"stand/shop.py": SHOP.replace("self.prices[item]", 'self.prices[item, "hunter2"]')})
    assert fits(
        repository,
        cache,
        frame(9, "price = self.prices[item]"),
        frame(9, 'price = self.prices[item, "REDACTED"]'),
        frame(9, ""),
        frame(9, "", function="relay"),
        frame(9, "price = 1", file="/usr/lib/python3.11/json/decoder.py"),
    ) == ["1000", "0001", "++++", "0000", "-"]


def test_a_text_fits_where_any_statement_outside_the_tests_prints_it(repository: Repository, cache: Path) -> None:
    repository.commit({"stand/shop.py": SHOP, "tests/test_shop.py": 'assert out == "Till 1 is open for customers"\n'})
    repository.commit({"stand/till.py": 'def open_till(n):\n    print(f"Till {n} is open for customers")\n'})
    repository.git("mv", "stand/till.py", "stand/desk.py")
    repository.commit({})
    repository.commit({"stand/desk.py": "def open_till(n):\n    pass\n"})
    assert fits(
        repository, cache, said("Till 4 is open for customers"), said("Sold plums at the counter"), said("Server ready")
    ) == ["0110", "1111", "-"]


def test_a_package_prints_from_its_init_and_its_main(repository: Repository, cache: Path) -> None:
    repository.commit({"stand/__main__.py": 'print("Welcome to the stand")\n', "stand/__init__.py": "NAME = 'stand'\n"})
    assert fits(repository, cache, label(1, "Welcome to the stand", file="stand", function="<module>")) == ["1"]


def test_the_line_is_first_parent_and_a_merge_leads_to_what_it_brought(repository: Repository, cache: Path) -> None:
    first = repository.commit({"a.py": "A = 1\n"})
    repository.git("checkout", "-q", "-b", "side")
    side = repository.commit({"stand/shop.py": SHOP})
    repository.git("checkout", "-q", "main")
    second = repository.commit({"a.py": "A = 2\n"})
    repository.git("merge", "-q", "--no-ff", "-m", "bring the shop", "side")
    found = history(repository, cache)
    assert [point.commit for point in found.line][1:] == [second, first]
    assert found.fit([label(8, "Sold plums at the counter")], newest=0, count=3) == [(1.0, 0.0, 0.0)]
    branch = found.merged(0)
    assert branch is not None
    assert [point.commit for point in branch.line] == [side, first]
    assert found.merged(1) is None


def test_only_the_services_folder_is_read_and_any_path_is(repository: Repository, cache: Path) -> None:
    odd = "left/a\nb \x01.py"
    repository.commit({odd: 'print("The left one started")\n', "right/x.py": 'print("The right one started")\n'})
    repository.commit({odd: 'print("The left one began")\n'})
    found = history(repository, cache, subdir="left")
    facts = [said("The left one started"), said("The right one started")]
    assert found.fit(facts, newest=0, count=2) == [(0.0, 1.0), None]
    assert found.fit(facts, newest=1, count=1) == [(1.0,), None]


def test_a_folder_without_commits_has_no_history(tmp_path: Path, repository: Repository) -> None:
    (tmp_path / "plain").mkdir()
    assert open_history(tmp_path / "plain", redact=str) is None
    assert open_history(repository.root, redact=str) is None


def test_a_version_that_is_not_in_the_clone_speaks_for_no_commit(repository: Repository, cache: Path) -> None:
    repository.commit({"stand/shop.py": SHOP, "a.py": 'print("The other file speaks")\n'})
    blob = repository.git("rev-parse", "HEAD:stand/shop.py")
    repository.commit({"stand/shop.py": "# empty\n"})
    (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    facts = [label(8, "Sold plums at the counter"), label(1, "The other file speaks", file="a", function="")]
    assert fits(repository, cache, *facts) == ["-", "11"]
