"""What of a context ends up in an image, by its Dockerfile."""

from __future__ import annotations

import pytest

from analyzer.codepaths.packaging.dockerfile import Copy, instructions, read_dockerfile
from analyzer.codepaths.packaging.images import Delivery, copied_from, deliver


def _delivered(dockerfile: str, path: str) -> Delivery:
    return deliver(read_dockerfile(dockerfile), path)


@pytest.mark.parametrize(
    ("copying", "path", "places"),
    [
        ("COPY . .", "shop/till.py", ("/srv/shop/till.py",)),
        ("COPY . /app/", "shop/till.py", ("/app/shop/till.py",)),
        ("COPY shop /app/shop", "shop/till.py", ("/app/shop/till.py",)),
        ("COPY shop/ ./", "shop/till.py", ("/srv/till.py",)),
        ("COPY ./shop /app", "shopping/till.py", ()),
        ("COPY shop/till.py /app/", "shop/till.py", ("/app/till.py",)),
        ("COPY shop/till.py /app/t.py", "shop/till.py", ("/app/t.py",)),
        ("COPY main.py run.py /app/", "run.py", ("/app/run.py",)),
        ("COPY *.py /app/", "run.py", ("/app/run.py",)),
        ("COPY *.py /app/", "shop/till.py", ()),
        ("COPY shop/* /app/shop/", "shop/web/page.py", ("/app/shop/page.py",)),
        ("COPY --parents shop/till.py /app/", "shop/till.py", ("/app/shop/till.py",)),
        ('COPY --chown=1:1 ["shop", "/my app/"]', "shop/till.py", ("/my app/till.py",)),
        ("ARG DIR=shop\nCOPY ${DIR} /app/$DIR", "shop/till.py", ("/app/shop/till.py",)),
        ("ADD https://example.com/shop /app/", "shop", ()),
        ("COPY . .\nRUN rm -rf shop/web && echo done", "shop/web/page.py", ()),
        ("COPY . .\nRUN rm -rf shop/web", "shop/till.py", ("/srv/shop/till.py",)),
    ],
)
def test_a_copy_puts_a_file_where_docker_puts_it(copying: str, path: str, places: tuple[str, ...]) -> None:
    assert _delivered(f"FROM python:3.12\nWORKDIR /srv\n{copying}\n", path).places == places


def test_only_what_the_last_stage_takes_over_is_in_the_image() -> None:
    dockerfile = (
        "ARG BASE=python:3.12\nFROM ${BASE} AS Build\nWORKDIR /src\nCOPY . .\n"
        "FROM python:3.12-slim\nWORKDIR /app\nCOPY --from=build /src/shop /app/shop\nCOPY --from=nginx /etc /etc\n"
    )
    assert _delivered(dockerfile, "shop/till.py").places == ("/app/shop/till.py",)
    assert _delivered(dockerfile, "tools/count.py") == Delivery()
    copies = copied_from(read_dockerfile(dockerfile), "tools/count.py")
    assert [c.line for c in copies] == [4]


def test_a_stage_may_build_on_another() -> None:
    dockerfile = "FROM python AS base\nWORKDIR /app\nCOPY shop shop\nFROM base\nCOPY main.py .\n"
    assert _delivered(dockerfile, "shop/till.py").places == ("/app/shop/till.py",)
    assert _delivered(dockerfile, "main.py").places == ("/app/main.py",)


def test_an_installed_project_is_carried_along_with_its_packages() -> None:
    dockerfile = (
        "FROM python AS build\nCOPY . /src\nRUN cd /src && pip install --no-cache-dir --prefix=/install .\n"
        "FROM python\nCOPY --from=build /install /usr/local\n"
    )
    assert _delivered(dockerfile, "shop/till.py") == Delivery(installed=True)
    assert not _delivered(dockerfile.replace(" .\n", " -e .\n"), "shop/till.py").installed
    assert not _delivered(dockerfile.replace(" .\n", " -r ./requirements.txt\n"), "shop/till.py").installed


def test_lines_are_joined_and_comments_and_documents_left_out() -> None:
    text = (
        "# escape=`\nFROM python\n\n# a remark\nCOPY shop `\n  # another\n  web `\n  /app/\n"
        "RUN <<END\nCOPY secret /\nEND\nCOPY last /\n"
    )
    found = [(i.name, i.line, i.end_line) for i in instructions(text)]
    assert found == [("FROM", 2, 2), ("COPY", 5, 8), ("RUN", 9, 9), ("COPY", 12, 12)]
    copy = read_dockerfile(text)[0].steps[0]
    assert isinstance(copy, Copy)
    assert (copy.sources, copy.target) == (("shop", "web"), "/app/")


def test_what_is_moved_by_other_means_is_marked_as_unclear() -> None:
    found = _delivered("FROM python\nCOPY other /x\nRUN git clone https://example.com/shop /app\n", "shop/till.py")
    assert (found.there, found.unclear) == (False, (3,))


@pytest.mark.parametrize(
    "text", ["", "\\", "FROM", "COPY a b", "FROM x\nCOPY [\"a\nRUN '", "RUN <<A", "FROM a\nENV A=$A\n" * 50]
)
def test_broken_files_are_read_without_an_error(text: str) -> None:
    deliver(read_dockerfile(text), "a/b.py")
