"""What the changed lines of a commit can do about an error, before anything is deployed."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from analyzer.errors import RepositoryError
from analyzer.model import Cluster, Effect, ErrorEvent, Exemplar, Relevance, Severity
from analyzer.pipeline.analyze import read_dict_events
from analyzer.pipeline.relevance import judge_relevance
from analyzer.pipeline.repositories import Repositories
from analyzer.redaction import build_redactor
from benchmarks.score_fix_relevance import RIGHT, score

OVEN = """import json
import logging
from enum import Enum

logger = logging.getLogger(__name__)


class Heat(Enum):
    LOW = 1


class Oven:
    heat: Heat = Heat.LOW

    def report(self) -> str:
        return json.dumps({"heat": self.heat})


def bake(oven: Oven) -> str:
    \"\"\"A loaf.\"\"\"
    logger.info(f"Baking at {oven.heat}")
    try:
        return oven.report()
    except Exception as error:
        return f"Baking failed: {error}"


def clean(oven: Oven) -> int:
    return 1
"""
TEXT = "Baking failed: Object of type Heat is not JSON serializable"
REQUIREMENTS = "starlette==1.0\n"


class Bakery:
    """A repository with one defect, and the commits that claim to repair it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main")
        self.first = self.commit({"bakery/oven.py": OVEN, "requirements.txt": REQUIREMENTS, "README.md": "Bread\n"})

    def git(self, *args: str) -> str:
        who = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        done = subprocess.run(["git", "-C", str(self.root), *who, *args], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str]) -> str:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "Fix it")
        return self.git("rev-parse", "HEAD")

    def judge(
        self,
        commit: str,
        text: str = TEXT,
        root: Path | None = None,
        events: Sequence[ErrorEvent] = (),
        deployed: str | None = None,
    ) -> Relevance:
        cluster = Cluster(
            fingerprint="f",
            title=text,
            template=text,
            core=text.partition(": ")[2],
            severity=Severity.ERROR,
            count=1,
            entries=1,
            exemplars=(Exemplar(entry_ids=("a",), message=text),),
        )
        repositories = Repositories(
            folders={"": (root or self.root, "")},
            revisions={},
            redactor=build_redactor((), None),
            cache_dir=self.root.parent / "cache",
            jobs=1,
        )
        return judge_relevance(commit, cluster, repositories=repositories, events=events, deployed=deployed)

    def changed(self, old: str, new: str) -> Relevance:
        assert old in OVEN
        return self.judge(self.commit({"bakery/oven.py": OVEN.replace(old, new)}))


@pytest.fixture
def bakery(tmp_path: Path) -> Bakery:
    return Bakery(tmp_path / "repository")


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("{oven.heat}", "{oven.heat.name}", "format"),
        ("Baking at", "The oven bakes at", "format"),
        ("Baking failed", "No bread", "format"),
        ("logger.info", "logger.debug", "logging"),
        ("A loaf.", "One loaf.", "docstring"),
        ("return 1", "return 1  # as ever", "comment"),
        ("\n\n\ndef clean", "\n\n\n\ndef clean", "blank"),
        ("class Oven", "def shown(heat: Heat) -> str:\n    return heat.name\n\n\nclass Oven", "code"),
    ],
)
def test_what_has_no_part_in_the_error_cannot_cure_it(bakery: Bakery, old: str, new: str, kind: str) -> None:
    found = bakery.changed(old, new)
    assert found.effect is Effect.CANNOT, found.evidence
    assert kind in found.kinds
    assert all(e.file for e in found.evidence)


def test_an_f_string_that_calls_a_new_function_which_only_looks_cannot_cure_it(bakery: Bakery) -> None:
    text = OVEN.replace("{oven.heat}", "{shown(oven.heat)}").replace(
        "class Oven", "def shown(heat: Heat) -> str:\n    return str(heat.name).lower()\n\n\nclass Oven"
    )
    assert bakery.judge(bakery.commit({"bakery/oven.py": text})).effect is Effect.CANNOT


def test_an_f_string_that_encoded_the_value_can_have_raised_it(bakery: Bakery) -> None:
    eager = OVEN.replace("{oven.heat}", "{json.dumps({'heat': oven.heat})}")
    bakery.commit({"bakery/oven.py": eager})
    assert bakery.judge(bakery.commit({"bakery/oven.py": OVEN})).effect is not Effect.CANNOT


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("self.heat}", "self.heat.name}"),
        ("        return json.dumps", '        if not self.heat:\n            return ""\n        return json.dumps'),
        ("return json.dumps({", "return json.dumps(default=str, obj={"),
    ],
)
def test_a_change_of_the_place_that_raises_it_can_cure_it(bakery: Bakery, old: str, new: str) -> None:
    found = bakery.changed(old, new)
    assert found.effect is Effect.CAN, found.evidence
    assert found.evidence[0].file == "bakery/oven.py"


def test_code_elsewhere_is_not_judged(bakery: Bakery) -> None:
    assert bakery.changed("return 1", "return 2").effect is Effect.UNKNOWN


def test_a_missing_key_in_the_shown_expression_is_no_matter_of_words(bakery: Bakery) -> None:
    source = "def sell(order):\n    try:\n        print(f\"Sold {order['loaf']}\")\n    except Exception as e:\n"
    source += '        print(f"Sale failed: {e}")\n'
    bakery.commit({"bakery/shop.py": source})
    mended = bakery.commit({"bakery/shop.py": source.replace("order['loaf']", "order.get('loaf')")})
    assert bakery.judge(mended, "Sale failed: 'loaf'").effect is not Effect.CANNOT


def test_tests_and_documents_cannot_cure_it(bakery: Bakery) -> None:
    found = bakery.judge(bakery.commit({"tests/test_oven.py": "import json\n", "README.md": "More bread\n"}))
    assert found.effect is Effect.CANNOT
    assert found.kinds == ("document", "test")


def test_a_comment_among_the_requirements_cannot_cure_it_and_a_package_may(bakery: Bakery) -> None:
    assert bakery.judge(bakery.commit({"requirements.txt": "# web\n" + REQUIREMENTS})).effect is Effect.CANNOT
    found = bakery.judge(bakery.commit({"requirements.txt": REQUIREMENTS + "flour==2.0\n"}))
    assert (found.effect, found.kinds) == (Effect.UNKNOWN, ("dependency",))


def test_the_other_place_with_the_defect_remains(bakery: Bakery) -> None:
    second = OVEN + '\n\ndef shelf(oven: Oven) -> str:\n    return json.dumps({"at": oven.heat})\n'
    bakery.commit({"bakery/oven.py": second})
    found = bakery.judge(bakery.commit({"bakery/oven.py": second.replace("self.heat}", "self.heat.name}")}))
    assert found.effect is Effect.CAN
    assert [p.function for p in found.remaining] == ["shelf"]


def test_the_first_commit_and_the_end_of_a_shallow_clone_are_not_judged(bakery: Bakery, tmp_path: Path) -> None:
    assert bakery.judge(bakery.first).effect is Effect.UNKNOWN
    later = bakery.commit({"README.md": "More bread\n"})
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "-q", "--depth", "1", f"file://{bakery.root}", str(shallow)], check=True)
    found = bakery.judge(later, root=shallow)
    assert found.effect is Effect.UNKNOWN
    assert "shallow" in found.evidence[0].text


def test_a_merge_is_compared_with_its_first_parent(bakery: Bakery) -> None:
    bakery.git("checkout", "-q", "-b", "side")
    bakery.commit({"README.md": "More bread\n"})
    bakery.git("checkout", "-q", "main")
    bakery.git("merge", "-q", "--no-ff", "-m", "Merge", "side")
    found = bakery.judge(bakery.git("rev-parse", "HEAD"))
    assert found.effect is Effect.CANNOT
    assert any("merge" in e.text for e in found.evidence)


def test_an_unknown_commit_is_an_error_with_a_hint(bakery: Bakery) -> None:
    with pytest.raises(RepositoryError):
        bakery.judge("f" * 40)


@pytest.mark.parametrize("seed", [3, 6])
def test_no_repair_of_a_made_incident_is_called_without_effect(seed: int, tmp_path: Path) -> None:
    answers = list(score(seed, tmp_path))
    assert answers
    assert all(effect != ("cannot" if name in RIGHT else "can") for name, effect, _ in answers), answers


def test_a_caller_that_unpacks_alike_remains(bakery: Bakery) -> None:
    tariff = "def price(loaf):\n    return 1, 2, 'EUR'\n"
    till = "from bakery.tariff import price\n\n\ndef one(loaf):\n    cents, fee = price(loaf)\n    return cents\n\n\n"
    till += "def sell(loaf):\n    try:\n        return one(loaf)\n    except ValueError as error:\n"
    till += "        print(f'Sale failed: {error}')\n\n\n"
    till += "def refund(loaf):\n    cents, fee = price(loaf)\n    return cents\n"
    bakery.commit({"bakery/tariff.py": tariff, "bakery/till.py": till})
    mended = bakery.commit({"bakery/till.py": till.replace("cents, fee =", "cents, fee, _ =", 1)})
    found = bakery.judge(mended, "Sale failed: too many values to unpack (expected 2)")
    assert found.effect is Effect.CAN
    assert [p.function for p in found.remaining] == ["refund"]


def test_an_attribute_that_a_message_shows_may_be_fetched_from_the_database(bakery: Bakery) -> None:
    found = bakery.judge(
        bakery.commit({"bakery/oven.py": OVEN.replace("{oven.heat}", "{oven}")}),
        'Baking failed: relation "ovens" does not exist',
    )
    assert found.effect is not Effect.CANNOT


def test_a_file_that_becomes_a_program_is_no_blank(bakery: Bakery) -> None:
    (bakery.root / "bakery" / "oven.py").chmod(0o755)
    assert bakery.judge(bakery.commit({})).effect is Effect.UNKNOWN


def test_a_logger_that_is_no_name_yet_is_a_matter_of_its_calls(bakery: Bakery) -> None:
    source = "def sell(order):\n    try:\n        logger.info('Sold')\n    except Exception as e:\n"
    source += '        print(f"Sale failed: {e}")\n'
    bakery.commit({"bakery/shop.py": source})
    mended = bakery.commit({"bakery/shop.py": source.replace("logger.info('Sold')", "pass")})
    assert bakery.judge(mended, "Sale failed: name 'logger' is not defined").effect is not Effect.CANNOT


def test_lines_of_a_trace_are_those_of_the_deployed_commit(bakery: Bakery) -> None:
    source = "def sell(order):\n    loaf = order.get('loaf')\n    return loaf[0]\n"
    bakery.commit({"bakery/shop.py": source})
    deployed = bakery.commit({"bakery/shop.py": "LOAVES = 1\n" * 9 + source})
    bakery.git("checkout", "-q", "HEAD~1")
    mended = bakery.commit({"bakery/shop.py": source.replace("loaf[0]", "loaf and loaf[0]")})
    trace = "Traceback (most recent call last):\n"
    trace += '  File "/app/bakery/shop.py", line 12, in sell\n    return loaf[0]\n'
    trace += "TypeError: 'NoneType' object is not subscriptable"
    events = read_dict_events([{"severity": "ERROR", "textPayload": trace, "insertId": "a"}])
    found = bakery.judge(mended, "TypeError: 'NoneType' object is not subscriptable", events=events, deployed=deployed)
    assert found.effect is Effect.CAN
    assert found.touched[0].line == 3
