"""What stands on a page works: its commands are run and print what is shown, or their options are real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from docs_commands import ROOT, Shell, Shown, analyzer_calls, calls_in, pages, run_on
from typer.main import get_command

from analyzer.cli import app

TUTORIAL = ROOT / "docs" / "tutorial.md"
AGENTS = ROOT / "docs" / "agents.md"


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


RUN = [page for page in pages() if run_on(page) and page != TUTORIAL]
READ = [page for page in pages() if any(True for _ in analyzer_calls(page))]


def parse(arguments: list[str]) -> None:
    """As the command line would, without running the verb; raises where an option or a verb is not there."""
    command: Any = get_command(app)
    context = typer.Context(command, info_name="analyzer")
    rest = arguments
    while hasattr(command, "resolve_command"):
        name, command, rest = command.resolve_command(context, rest)
        assert command is not None, arguments
        context = typer.Context(command, info_name=name, parent=context)
    if not {"-h", "--help"} & set(rest):
        command.make_context(context.info_name, list(rest), parent=context.parent)


def follow(page: Path, shell: Shell, after: int = 0) -> None:
    for shown in run_on(page)[after:]:
        done = shell(shown.command)
        told = f"$ {shown.command}\n{done.stdout}\n--- on standard error:\n{done.stderr}"
        assert done.returncode == 0, told
        assert shown.prints(done.stdout), f"the page shows\n{chr(10).join(shown.output)}\nand this came:\n{told}"


def test_the_tutorial_can_be_followed_from_the_first_command_to_the_last(
    shell: Shell, ready_demo: Path, demo_folder: Path
) -> None:
    first = run_on(TUTORIAL)[0]
    assert first.command == "analyzer demo"  # which takes seconds, and has been run for all pages
    assert first.prints((ready_demo / "done").read_text(encoding="utf-8"))
    follow(TUTORIAL, shell, after=1)


@pytest.mark.parametrize("page", RUN, ids=named)
def test_the_commands_of_a_page_print_what_it_shows(page: Path, shell: Shell, demo_folder: Path) -> None:
    follow(page, shell)


@pytest.mark.parametrize("page", READ, ids=named)
def test_commands_that_need_a_cloud_have_real_verbs_and_options(page: Path) -> None:
    for arguments in analyzer_calls(page):
        parse(arguments)


def test_every_command_of_the_agents_page_is_run() -> None:
    assert list(analyzer_calls(AGENTS)) == []
    assert len(run_on(AGENTS)) >= 5


def test_the_tutorial_has_only_the_setting_up_that_is_not_run() -> None:
    assert list(analyzer_calls(TUTORIAL)) == []
    assert len(run_on(TUTORIAL)) >= 10


def test_shown_output_is_compared_line_by_line() -> None:
    shown = Shown(command="x", output=("cause 1  … code", "…", "exit 1"))
    assert shown.prints("cause 1  99 % code\nmuch\nmore\nexit 1\n")
    assert shown.prints("cause 1  99 % code\nexit 1\n")
    assert not shown.prints("cause 1  99 % code\nexit 0\n")
    assert not shown.prints("cause 1  99 % packaging\nexit 1\n")
    assert not shown.prints("before\ncause 1  99 % code\nexit 1\n")


def test_a_command_with_an_option_that_is_not_there_is_noticed() -> None:
    (call,) = calls_in("tail x.log | analyzer where - --repositry . 2>/dev/null")
    with pytest.raises(Exception, match="repositry"):
        parse(call)
    (call,) = calls_in("analyzer wehre - && analyzer_is_no_command")
    with pytest.raises(Exception, match="wehre"):
        parse(call)


def verbs() -> Iterator[tuple[str, Any]]:
    def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
        if hasattr(command, "commands"):
            for one, below in command.commands.items():
                yield from walk(below, f"{name} {one}")
        else:
            yield name, command

    return walk(get_command(app), "analyzer")


VERBS = list(verbs())


@pytest.mark.parametrize(("name", "verb"), VERBS, ids=[name for name, _ in VERBS])
def test_the_help_of_a_verb_has_an_example_that_parses_and_says_its_exit_codes(name: str, verb: Any) -> None:
    epilog = verb.epilog or ""
    examples = epilog.partition("Examples:\n")[2].partition("\n\n")[0].replace("\\\n", " ")
    calls = [call for line in examples.splitlines() for call in calls_in(line)]
    assert calls, "no example"
    assert any(f"analyzer {' '.join(call)}".startswith(name) for call in calls), "no example of this verb"
    for call in calls:
        parse(call)
    assert "Exit codes:\n  0 " in epilog
    assert "\n  2 " in epilog


@pytest.mark.parametrize(("name", "verb"), VERBS, ids=[name for name, _ in VERBS])
def test_every_option_and_argument_says_what_it_means(name: str, verb: Any) -> None:
    for parameter in verb.params:
        assert parameter.help, f"{name}: {parameter.name}"
        assert parameter.help.endswith("."), f"{name}: {parameter.name}: {parameter.help}"
        if parameter.param_type_name == "option" and not parameter.is_flag:
            assert parameter.metavar, f"{name}: {parameter.name} has no metavar"


@pytest.mark.parametrize(("name", "verb"), VERBS, ids=[name for name, _ in VERBS])
def test_where_a_help_sends_its_reader_there_is_something(name: str, verb: Any) -> None:
    known = {other.removeprefix("analyzer ") for other, _ in VERBS}
    named = (verb.epilog or "").partition("See also: ")[2].replace("\n", " ")
    for place in filter(None, map(str.strip, named.split(","))):
        assert (ROOT / place).is_file() if place.startswith("docs/") else place in known, place


def test_a_block_inside_a_list_is_read_too(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("1. Do\n\n    ```sh\n    analyzer schema --loud\n    ```\n", encoding="utf-8")
    assert list(analyzer_calls(page)) == [["schema", "--loud"]]


def test_no_line_of_a_help_is_wider_than_a_terminal_of_80_columns() -> None:
    page = (ROOT / "docs" / "reference" / "command.md").read_text(encoding="utf-8")
    inside = "\n".join(page.split("```text\n")[1:])
    assert [line for line in inside.splitlines() if len(line) > 80 and not line.startswith("[")] == []
