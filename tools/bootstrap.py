"""Set up a virtual environment on a bare machine; needs Python 3.11 or newer and nothing else.

    python3 tools/bootstrap.py LEVEL [--venv DIR]

LEVEL says what goes in: `runtime` (the product), `dev` (and what the tests and checks need), `ci` (and what only
`.ci/run` needs), `empty` (pip alone). Packages come from the hash-locked files in `requirements/` and from whatever
index pip is configured to use; the project itself is installed editable. A second run returns at once, a run that was
interrupted starts again, and two runs at the same time wait for each other.
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whatever `python3` there is runs this file
    sys.exit("Python 3.11 or newer is needed; this is %d.%d" % sys.version_info[:2])  # noqa: UP031

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LEVELS = ("empty", "runtime", "dev", "ci")
STAMP = "analyzer-setup.json"

State = dict[str, str]
"""What an environment holds: `python`, `place`, `locks` and `project` as digests or texts, and the `level`."""


class SetupError(Exception):
    """The environment could not be made; the text says what was tried and what to install."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a machine offers for making a virtual environment that holds pip."""

    python: str
    """The interpreter to build on."""
    version: str
    """Its version, as in `3.11`."""
    has_venv: bool = True
    has_ensurepip: bool = True
    pip: tuple[str, ...] = ()
    """A pip that can be lent: the interpreter's own, else one on the PATH."""
    virtualenv: tuple[str, ...] = ()
    """The same for virtualenv."""
    uv: str | None = None
    pip_wheels: tuple[str, ...] = ()
    """Wheels of pip that lie about, newest first."""
    apt_get: str | None = None
    """Only where it can help: we are root and the interpreter is the system's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to make the environment: commands, each of which must succeed."""

    name: str
    commands: tuple[tuple[str, ...], ...]


def look_around(python: str) -> Machine:
    """What this machine offers."""
    system = Path(python).resolve().parent in (Path("/usr/bin"), Path("/bin"))
    return Machine(
        python=python,
        version="{}.{}".format(*sys.version_info[:2]),
        has_venv=_has("venv"),
        has_ensurepip=_has("ensurepip"),
        pip=_tool(python, "pip", "pip3", "pip"),
        virtualenv=_tool(python, "virtualenv", "virtualenv"),
        uv=shutil.which("uv"),
        pip_wheels=tuple(str(p) for p in newest_first(_pip_wheels())),
        apt_get=shutil.which("apt-get") if system and os.geteuid() == 0 else None,
    )


def ways(machine: Machine, venv: Path) -> list[Way]:
    """Every way that may work on this machine, best first."""
    python, inside = machine.python, str(python_of(venv))
    bare = (python, "-m", "venv", "--without-pip", str(venv))
    whole = (python, "-m", "venv", str(venv))
    found = []
    if machine.has_venv and machine.has_ensurepip:
        found.append(Way(name="venv", commands=(whole,)))
    if machine.uv:
        by_uv = (machine.uv, "venv", "--quiet", "--seed", "--python", python, str(venv))
        found.append(Way(name="uv", commands=(by_uv,)))
    if machine.virtualenv:
        by_virtualenv = (*machine.virtualenv, "--quiet", "--python", python, str(venv))
        found.append(Way(name="virtualenv", commands=(by_virtualenv,)))
    if machine.has_venv and machine.pip:
        # Not `pip --python`: it would run an old pip on a new interpreter. pip is pure Python, any pip can place it.
        packages = venv / "lib" / f"python{machine.version}" / "site-packages"
        lend = (*machine.pip, "install", "--quiet", "--no-deps", "--target", str(packages), "pip")
        found.append(Way(name=" ".join(machine.pip), commands=(bare, lend)))
    if machine.has_venv:
        for wheel in machine.pip_wheels:
            unpack = (inside, f"{wheel}/pip", "install", "--quiet", "--no-index", wheel)
            found.append(Way(name=wheel, commands=(bare, unpack)))
    if machine.apt_get:
        install = (machine.apt_get, "install", "-y", f"python{machine.version}-venv")
        found.append(Way(name="apt-get", commands=(install, whole)))
        update = (machine.apt_get, "update")
        found.append(Way(name="apt-get after an update", commands=(update, install, whole)))
    return found


def newest_first(wheels: Sequence[Path]) -> list[Path]:
    """Wheels by the version in their names."""

    def version(wheel: Path) -> tuple[int, ...]:
        return tuple(int(n) for n in re.findall(r"\d+", wheel.name.split("-")[1]))

    return sorted(dict.fromkeys(wheels), key=lambda wheel: (version(wheel), str(wheel)), reverse=True)


def steps(have: State | None, want: State) -> list[str]:
    """What leads from one state to the other, in order: `create`, `install`, `project`, or nothing.

    A lock or an interpreter that moved means starting anew, so that no package outlives its line in the lock.
    """
    if have is None or any(have.get(key) != want[key] for key in ("python", "place", "locks")):
        return ["create", "install", "project"]
    if LEVELS.index(have["level"]) < LEVELS.index(want["level"]):
        return ["install", "project"]
    return ["project"] if have["project"] != want["project"] else []


def wanted_state(root: Path, venv: Path, level: str) -> State:
    """What the environment should hold, read from the checkout."""
    return {
        "level": level,
        "python": f"{sys.version} {sys.base_prefix}",
        "place": str(venv),
        "locks": _digest(*sorted((root / "requirements").glob("*.lock"))),
        "project": _digest(root / "pyproject.toml", root / "analyzer" / "__init__.py"),
    }


def present_state(venv: Path) -> State | None:
    """What a finished run noted down; None for no environment, a broken one or one of unknown making."""
    try:
        state = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    known = isinstance(state, dict) and state.get("level") in LEVELS and python_of(venv).exists()
    return state if known else None


def set_up(root: Path, venv: Path, level: str) -> None:
    """Make `venv` hold at least `level`; raises `SetupError`."""
    with one_at_a_time(venv):
        have, want = present_state(venv), wanted_state(root, venv, level)
        todo = steps(have, want)
        if not todo:
            return
        # Without the stamp an interrupted run is seen as such, and the next one starts anew.
        (venv / STAMP).unlink(missing_ok=True)
        if "create" in todo:
            create(look_around(_base_python()), venv)
        elif have is not None and LEVELS.index(have["level"]) > LEVELS.index(level):
            want["level"] = have["level"]
        if level != "empty":
            if "install" in todo:
                install(venv, "--require-hashes", "-r", str(root / "requirements" / f"{level}.lock"))
            install(venv, "--no-deps", "--no-build-isolation", "-e", str(root))
        (venv / STAMP).write_text(json.dumps(want, indent=1), encoding="utf-8")


def create(machine: Machine, venv: Path) -> None:
    """An environment with pip, by the first way that works; raises `SetupError` with what each one said."""
    say(f"creating {venv.name} with Python {machine.version}")
    said = []
    for way in ways(machine, venv):
        _remove(venv)
        trouble = _first_trouble([*way.commands, (str(python_of(venv)), "-I", "-m", "pip", "--version")])
        if trouble is None:
            return
        first, *rest = trouble.splitlines()
        said += [f"  {way.name}: {first}", *rest[-2:]]
    _remove(venv)
    raise SetupError(
        "\n".join(
            [
                f"no way to make a virtual environment with {machine.python} (Python {machine.version})",
                *(said or ["  it has neither ensurepip nor pip, and there is no uv"]),
                "Install one of these and run make again:",
                f"  apt-get install python{machine.version}-venv    (Debian, Ubuntu; as root)",
                "  uv on the PATH, or the virtualenv package for this Python",
                "  a Python that has ensurepip; name it with: make PYTHON=/path/to/python3",
            ]
        )
    )


def install(venv: Path, *what: str) -> None:
    """`pip install` into the environment; raises `SetupError` with pip's own words."""
    say(f"installing {Path(what[-1]).name}")
    trouble = _first_trouble([(str(python_of(venv)), "-I", "-m", "pip", "install", "--quiet", "--no-input", *what)])
    if trouble is not None:
        raise SetupError(
            f"pip could not install {what[-1]}\n{trouble}\nIs the package index reachable? See: pip config list"
        )


@contextlib.contextmanager
def one_at_a_time(venv: Path) -> Iterator[None]:
    """Wait for another run on the same environment; the system frees the lock of a run that died."""
    venv.parent.mkdir(parents=True, exist_ok=True)
    with venv.with_name(venv.name + ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"waiting for another run that sets up {venv.name}")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def python_of(venv: Path) -> Path:
    """The interpreter of an environment."""
    return venv / "bin" / "python"


def say(text: str) -> None:
    """Progress, on stderr."""
    print(f"setup: {text}", file=sys.stderr, flush=True)


def _first_trouble(commands: Sequence[Sequence[str]]) -> str | None:
    """Run commands until one fails; the end of what it said, or None."""
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore", "PIP_USER": "0"}
    env = {**os.environ, **quiet, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        try:
            done = subprocess.run(
                command,
                env=env,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
        except OSError as err:
            return str(err)
        if done.returncode:
            lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            return "\n    ".join([f"{' '.join(command)[:120]} exited with {done.returncode}", *lines[-12:]])
    return None


def _pip_wheels() -> list[Path]:
    folders = [Path("/usr/share/python-wheels"), Path("/usr/share/python3-wheels")]
    distributor = sysconfig.get_config_var("WHEEL_PKG_DIR")
    if distributor:
        folders.append(Path(distributor))
    for prefix in ("/usr/lib", "/usr/local/lib", "/usr/lib64"):
        folders += Path(prefix).glob("python3*/ensurepip/_bundled")
    return [wheel for folder in folders for wheel in folder.glob("pip-*-py3-none-any.whl")]


def _tool(python: str, module: str, *commands: str) -> tuple[str, ...]:
    """The command of a tool: as a module of this interpreter, else the first found on the PATH."""
    if _has(module):
        return (python, "-m", module)
    return next(((path,) for path in map(shutil.which, commands) if path), ())


def _has(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def _base_python() -> str:
    """The interpreter below any environment: an activated `.venv` is about to be replaced."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def _digest(*files: Path) -> str:
    total = hashlib.blake2b(digest_size=16)
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def _remove(venv: Path) -> None:
    if venv.is_symlink() or venv.is_file():
        venv.unlink()
    elif venv.exists():
        shutil.rmtree(venv)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(description="Set up a virtual environment for analyzer.")
    parser.add_argument("level", choices=LEVELS)
    parser.add_argument("--venv", type=Path, default=ROOT / ".venv", help="where (default: .venv of the checkout)")
    options = parser.parse_args(arguments)
    try:
        set_up(ROOT, Path(os.path.abspath(options.venv)), options.level)  # noqa: PTH100 - resolve() would follow a link
    except SetupError as err:
        print(f"setup failed: {err}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("setup interrupted; run it again", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
