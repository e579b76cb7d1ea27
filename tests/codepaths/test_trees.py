from __future__ import annotations

import multiprocessing
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from analyzer.codepaths import open_repository
from analyzer.codepaths.parallel import FEW_FILES
from analyzer.errors import RepositoryError


def texts(index) -> list[tuple[str, int]]:
    return [(p.file, p.line) for p in index.statements("the red lamp failed")]


LAMP = "def f():\n    raise OSError('the red lamp failed')\n"


def test_a_revision_is_read_without_a_checkout(repository, cache: Path) -> None:
    first = repository.commit({"lamp.py": LAMP})
    repository.commit({"lamp.py": "\n\n" + LAMP, "other.py": "x = 1\n"})
    old = open_repository(repository.root, first[:10], cache_dir=cache, redact=str)
    new = open_repository(repository.root, cache_dir=cache, redact=str)
    assert (old.commit, texts(old)) == (first, [("lamp.py", 2)])
    assert texts(new) == [("lamp.py", 4)]
    assert repository.git("status", "--porcelain") == ""


def test_a_bare_repository_is_read_like_any_other(repository, cache: Path, tmp_path: Path) -> None:
    commit = repository.commit({"lamp.py": LAMP})
    repository.git("clone", "-q", "--bare", str(repository.root), str(tmp_path / "bare.git"))
    index = open_repository(tmp_path / "bare.git", cache_dir=cache, redact=str)
    assert (index.commit, texts(index)) == (commit, [("lamp.py", 2)])


def test_uncommitted_changes_are_read_and_belong_to_no_commit(repository, cache: Path) -> None:
    head = repository.commit({"lamp.py": LAMP, "gone.py": LAMP, "same.py": "print('a door was opened')\n"})
    repository.write({"lamp.py": "\n" + LAMP, "new.py": LAMP})
    (repository.root / "gone.py").unlink()
    index = open_repository(repository.root, cache_dir=cache, redact=str)
    assert texts(index) == [("lamp.py", 3), ("new.py", 2)]
    assert (index.commit, index.head) == (None, head)
    assert index.statements("the red lamp failed")[0].commit is None
    assert index.statements("a door was opened")[0].commit == head


def test_a_directory_without_git_has_no_commit(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "lamp.py").write_text(LAMP)
    index = open_repository(tmp_path / "plain", cache_dir=cache, redact=str)
    assert (index.commit, texts(index)) == (None, [("lamp.py", 2)])


def test_a_sub_directory_narrows_the_view_and_keeps_the_paths(repository, cache: Path) -> None:
    repository.commit({"api/lamp.py": LAMP, "web/lamp.py": LAMP})
    for index in (
        open_repository(repository.root, subdir="api", cache_dir=cache, redact=str),
        open_repository(repository.root / "api", cache_dir=cache, redact=str),
    ):
        assert texts(index) == [("api/lamp.py", 2)]


def test_a_folder_unknown_to_the_repository_around_it_is_a_plain_one(repository, cache: Path) -> None:
    repository.commit({"a.py": "x = 1\n", ".gitignore": "other/\n"})
    repository.write({"other/lamp.py": LAMP})
    index = open_repository(repository.root / "other", cache_dir=cache, redact=str)
    assert (index.commit, texts(index)) == (None, [("lamp.py", 2)])


@pytest.mark.parametrize(
    ("where", "revision", "words"),
    [
        ("nowhere", None, "no such directory"),
        ("repository", "no-such", "no such commit no-such in"),
        ("repository", "--help", "no such commit"),
    ],
)
def test_what_is_not_there_is_said_with_a_hint(
    repository, tmp_path: Path, where: str, revision: str | None, words: str
) -> None:
    repository.commit({"a.py": "x = 1\n"})
    with pytest.raises(RepositoryError, match=words) as caught:
        open_repository(tmp_path / where, revision, redact=str)
    assert caught.value.hint


def test_without_git_the_error_says_so(
    repository, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit({"lamp.py": LAMP})
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(RepositoryError, match="git is not installed"):
        open_repository(repository.root, cache_dir=cache, redact=str)


def test_links_outside_are_not_followed(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "secret.py").write_text(LAMP)
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "lamp.py").symlink_to(tmp_path / "secret.py")
    assert texts(open_repository(tmp_path / "plain", cache_dir=cache, redact=str)) == []


def test_a_broken_cache_is_set_aside(repository, cache: Path) -> None:
    repository.commit({"lamp.py": LAMP})
    open_repository(repository.root, cache_dir=cache, redact=str).close()
    (file,) = cache.glob("*.sqlite3")
    file.write_bytes(b"this was a database once" * 1_000)
    index = open_repository(repository.root, cache_dir=cache, redact=str)
    assert texts(index) == [("lamp.py", 2)]
    assert list(cache.glob("*.broken"))


def test_a_cache_that_cannot_be_written_means_memory(repository, tmp_path: Path) -> None:
    repository.commit({"lamp.py": LAMP})
    (tmp_path / "file").write_text("in the way")
    assert texts(open_repository(repository.root, cache_dir=tmp_path / "file", redact=str)) == [("lamp.py", 2)]


def test_a_cache_damaged_in_the_middle_is_not_believed(repository, cache: Path) -> None:
    repository.commit({"lamp.py": LAMP} | {f"m{i}.py": f"print('number {i} of the files')\n" for i in range(50)})
    open_repository(repository.root, cache_dir=cache, redact=str).close()
    (file,) = cache.glob("*.sqlite3")
    damaged = bytearray(file.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    file.write_bytes(damaged)
    assert texts(open_repository(repository.root, cache_dir=cache, redact=str)) == [("lamp.py", 2)]


def _ask(arguments: tuple[str, str]) -> list[tuple[str, int]]:
    root, cache = arguments
    return texts(open_repository(Path(root), cache_dir=Path(cache), redact=str, jobs=1))


def test_processes_share_a_cache(repository, cache: Path) -> None:
    repository.commit({"lamp.py": LAMP} | {f"m{i}.py": f"print('number {i} of the files')\n" for i in range(50)})
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        answers = pool.map(_ask, [(str(repository.root), str(cache))] * 2)
    assert answers == [[("lamp.py", 2)]] * 2


def test_the_number_of_processes_does_not_change_the_answer(repository, tmp_path: Path) -> None:
    repository.commit(
        {f"m{i}.py": f"def f():\n    print('number {i} of the files is lost')\n" for i in range(FEW_FILES)}
    )
    answers = [
        open_repository(repository.root, cache_dir=tmp_path / str(jobs), redact=str, jobs=jobs).statements(
            "number 7 of the files is lost", limit=10
        )
        for jobs in (1, 2)
    ]
    assert answers[0] == answers[1]
    assert answers[0][0].file == "m7.py"


def test_what_the_cache_held_before_does_not_change_the_answer(new_repository, tmp_path: Path) -> None:
    other, ours = new_repository("other"), new_repository("ours")
    other.commit({"x.py": "raise OSError('the red lamp failed')\nraise OSError('a lamp failed')\n"})
    ours.commit({"lamp.py": LAMP, "b.py": "def g():\n    print('the red lamp is on')\n"})
    alone = open_repository(ours.root, cache_dir=tmp_path / "one", redact=str).statements("the red lamp failed")
    open_repository(other.root, cache_dir=tmp_path / "two", redact=str).close()
    after = open_repository(ours.root, cache_dir=tmp_path / "two", redact=str).statements("the red lamp failed")
    assert after == alone


def test_a_script_without_a_main_guard_may_ask(repository, cache: Path, tmp_path: Path) -> None:
    repository.commit({f"m{i}.py": f"print('number {i} of the files is lost')\n" for i in range(FEW_FILES)})
    script = tmp_path / "ask.py"
    script.write_text(
        "from pathlib import Path\nfrom analyzer.codepaths import open_repository\n"
        f"index = open_repository(Path({str(repository.root)!r}), cache_dir=Path({str(cache)!r}), redact=str, jobs=2)\n"
        "print(index.statements('number 7 of the files is lost')[0].file)\n"
    )
    done = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert done.stdout == "m7.py\n"


def test_nothing_in_the_current_folder_is_run(repository, cache: Path, tmp_path: Path) -> None:
    trap = "from pathlib import Path\nPath('sprung').write_text('')\n"
    files = {f"m{i}.py": f"print('number {i} of the files is lost')\n" for i in range(FEW_FILES)}
    repository.commit(files | {"msgspec.py": trap, "analyzer/__init__.py": trap})
    script = tmp_path / "ask.py"
    script.write_text(
        "from pathlib import Path\nfrom analyzer.codepaths import open_repository\n"
        f"index = open_repository(Path('.'), cache_dir=Path({str(cache)!r}), redact=str, jobs=2)\n"
        "print(index.statements('number 7 of the files is lost')[0].file)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", str(script)], capture_output=True, text=True, check=True, cwd=repository.root
    )
    assert done.stdout == "m7.py\n"
    assert not (repository.root / "sprung").exists()


def test_files_that_do_not_parse_are_listed(repository, cache: Path) -> None:
    repository.commit({"old.py": "print 'the red lamp failed'\n", "good.py": "x = 1\n"})
    index = open_repository(repository.root, cache_dir=cache, redact=str)
    assert [path for path, _ in index.unparsed] == ["old.py"]
    assert texts(index) == [("old.py", 1)]


def test_a_lost_object_is_listed_and_the_rest_read(repository, cache: Path) -> None:
    repository.commit({"lamp.py": LAMP, "lost.py": "print('some other words')\n"})
    blob = repository.git("rev-parse", "HEAD:lost.py")
    (repository.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    index = open_repository(repository.root, "HEAD", cache_dir=cache, redact=str)
    assert index.unparsed == (("lost.py", "not in the object database"),)
    assert texts(index) == [("lamp.py", 2)]


def test_an_empty_repository_answers_nothing(repository, cache: Path) -> None:
    assert shutil.which("git")
    assert open_repository(repository.root, cache_dir=cache, redact=str).statements("the red lamp failed") == []
