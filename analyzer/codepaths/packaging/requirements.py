"""Which distributions a tree asks for, in which lines, and which one a module comes from."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from analyzer.codepaths.packaging.project import keyword, literal, read_project, table, texts

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_REQUIREMENTS = re.compile(
    r"(?:^|/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/[\w.-]+\.(?:txt|in)|Pipfile|environment\.ya?ml"
    r"|pyproject\.toml|setup\.(?:py|cfg))$"
)
_ASIDE = re.compile(r"(?:^|[/._-])(?:dev|test|tests|testing|docs?|lint|ci|local|examples?)(?=$|[/._-])")
_CONDA = re.compile(r"^\s*-\s*([A-Za-z0-9][\w.-]*)")

DISTRIBUTIONS: dict[str, tuple[str, ...]] = {
    "attr": ("attrs",),
    "bs4": ("beautifulsoup4",),
    "cairo": ("pycairo",),
    "cv2": ("opencv-python", "opencv-python-headless", "opencv-contrib-python"),
    "Crypto": ("pycryptodome", "pycrypto"),
    "dateutil": ("python-dateutil",),
    "discord": ("discord-py",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "fitz": ("pymupdf",),
    "git": ("gitpython",),
    "grpc": ("grpcio",),
    "jose": ("python-jose",),
    "jwt": ("pyjwt",),
    "ldap": ("python-ldap",),
    "magic": ("python-magic",),
    "markdown": ("markdown",),
    "MySQLdb": ("mysqlclient",),
    "mysql": ("mysql-connector-python",),
    "multipart": ("python-multipart",),
    "OpenSSL": ("pyopenssl",),
    "pkg_resources": ("setuptools",),
    "PIL": ("pillow",),
    "pptx": ("python-pptx",),
    "psycopg": ("psycopg", "psycopg-binary"),
    "psycopg2": ("psycopg2", "psycopg2-binary"),
    "rest_framework": ("djangorestframework",),
    "sentry_sdk": ("sentry-sdk",),
    "serial": ("pyserial",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "slugify": ("python-slugify",),
    "socketio": ("python-socketio",),
    "telegram": ("python-telegram-bot",),
    "usb": ("pyusb",),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
}
"""modules that are called otherwise than the distribution they come in"""

REMOVED: dict[str, str] = {
    **dict.fromkeys(("asynchat", "asyncore", "distutils", "imp", "smtpd"), "3.12"),
    **dict.fromkeys(
        (
            "aifc",
            "audioop",
            "cgi",
            "cgitb",
            "chunk",
            "crypt",
            "imghdr",
            "lib2to3",
            "mailcap",
            "msilib",
            "nis",
            "nntplib",
            "ossaudiodev",
            "pipes",
            "sndhdr",
            "spwd",
            "sunau",
            "telnetlib",
            "uu",
            "xdrlib",
        ),
        "3.13",
    ),
}
"""modules of the standard library by the version of Python that no longer has them"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A distribution that is asked for."""

    name: str
    """normalised"""
    file: str
    line: int
    text: str
    group: str = ""
    """the extra or group that it is only installed with; `file` where the whole file is named for development"""


def normalised(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def distributions(module: str) -> tuple[str, ...]:
    """The names under which a module may be installed, the likeliest first."""
    parts = module.split(".")
    known = DISTRIBUTIONS.get(parts[0], ())
    joined = [normalised("-".join(parts[:n])) for n in range(len(parts), 0, -1)]
    return tuple(dict.fromkeys((*known, *joined, f"python-{normalised(parts[0])}")))


def requirement_files(files: AbstractSet[str]) -> list[str]:
    """The files of a tree that can ask for distributions, sorted."""
    return sorted(f for f in files if _REQUIREMENTS.search(f))


def read_requirements(file: str, text: str) -> list[Requirement]:
    """What one such file asks for, in its order."""
    name = file.rpartition("/")[2]
    whole = "file" if _ASIDE.search(file) else ""
    rows: Iterator[tuple[str, str]]
    if name in ("pyproject.toml", "setup.cfg", "setup.py", "Pipfile"):
        rows = _of_project(name, text)
    elif name.startswith("environment"):
        found = (_CONDA.match(line) for line in text.split("\n"))
        rows = ((m[1], "") for m in found if m)
    else:
        rows = ((line, "") for line in text.split("\n"))
    lines = text.split("\n")
    out, at = [], 0
    for written, group in rows:
        match = _NAME.match(written.strip())
        if match is None:
            continue
        at = _line(lines, written.strip(), at)
        out.append(
            Requirement(
                name=normalised(match[0]), file=file, line=at + 1, text=written.strip()[:120], group=group or whole
            )
        )
    return out


def _line(lines: Sequence[str], written: str, at: int) -> int:
    """Index of the line with a text, from a line on where it comes again there, else the first; else the first line."""
    after = next((n for n in range(at, len(lines)) if written in lines[n]), None)
    return after if after is not None else next((n for n, line in enumerate(lines) if written in line), 0)


def _of_project(name: str, text: str) -> Iterator[tuple[str, str]]:
    """(requirement, group) of a project's own files."""
    read: Callable[[str], str] = lambda _: text  # noqa: E731
    project = read_project("", {"pyproject.toml" if name == "Pipfile" else name}, read)
    data = project.pyproject
    if name == "Pipfile":
        for group, label in (("packages", ""), ("dev-packages", "dev-packages")):
            yield from ((str(key), label) for key in table(data, group))
    elif name == "pyproject.toml":
        yield from ((t, "") for t in texts(table(data, "project").get("dependencies")))
        for where in (table(data, "project", "optional-dependencies"), table(data, "dependency-groups")):
            yield from ((t, str(group)) for group, listed in where.items() for t in texts(listed))
        poetry = table(data, "tool", "poetry")
        yield from ((str(key), "") for key in table(poetry, "dependencies") if key != "python")
        yield from ((str(key), "dev-dependencies") for key in table(poetry, "dev-dependencies"))
        for group in table(poetry, "group"):
            yield from ((str(key), str(group)) for key in table(poetry, "group", str(group), "dependencies"))
    elif name == "setup.cfg":
        yield from ((t, "") for t in project.setup_cfg.get("options", {}).get("install_requires", "").split("\n"))
        for group, listed in project.setup_cfg.get("options.extras_require", {}).items():
            yield from ((t, group) for t in listed.split("\n"))
    else:
        yield from ((t, "") for t in texts(literal(keyword(project.setup_call, "install_requires"))))
        extras = literal(keyword(project.setup_call, "extras_require"))
        for group, listed in extras.items() if isinstance(extras, dict) else ():
            yield from ((t, str(group)) for t in texts(listed))
