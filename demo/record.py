#!/usr/bin/env python3
"""Run the demo's services at the commits of the story, test them, and record what Cloud Run would have logged.

    python demo/record.py [--out DIR] [--cycle NAME ...]        without --out: into analyzer/demo/

Needs git, the standard library, and pytest in the Python that runs this. About ten seconds a cycle.
"""

import argparse
import gzip
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from pathlib import Path

import history
import truth
from entries import Instance, Line, Recording, epoch
from front import Front, PassersBy

PACKAGE = history.HERE.parent / "analyzer" / "demo"
ROLLOUT = (
    "Starting new instance. Reason: DEPLOYMENT_ROLLOUT - Instance started due to traffic shifting between revisions "
    "due to deployment, traffic split adjustment, or deployment health check."
)
SCALING = (
    "Starting new instance. Reason: AUTOSCALING - Instance started due to configured scaling factors (e.g. CPU "
    "utilization, request throughput, etc.) or no existing capacity for current traffic."
)
NOT_STARTED = (
    "The user-provided container failed to start and listen on the port defined provided by the PORT=8080 environment "
    "variable within the allocated timeout. Logs for this revision might contain more information."
)


class Process:
    """A service that runs from an image on a port of its own; its lines are kept with the time they came."""

    def __init__(self, module: str, image: Path, **environment: str) -> None:
        self.port = _free_port()
        self.lines: list[Line] = []
        clean = {
            "PATH": os.environ.get("PATH", ""),
            "TZ": "UTC",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "ENVIRONMENT": "staging",
        }
        self.popen = subprocess.Popen(
            [sys.executable, "-B", "-u", "-m", module],
            cwd=image,
            env={**clean, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        self._readers = [
            threading.Thread(target=self._read, args=(stream, name), daemon=True)
            for stream, name in ((self.popen.stdout, "stdout"), (self.popen.stderr, "stderr"))
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream, name: str) -> None:
        for line in stream:
            self.lines.append(Line(time.time(), name, line.rstrip("\n")))

    def wait_until_it_listens(self) -> None:
        for _ in range(600):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.popen.poll() is not None:
                break
            time.sleep(0.05)
        raise SystemExit("the service does not listen:\n" + "\n".join(line.text for line in self.lines))

    def end(self) -> int:
        """Stop it when it still runs; its exit code."""
        if self.popen.poll() is None:
            self.popen.terminate()
        code = self.popen.wait(timeout=10)
        for reader in self._readers:
            reader.join(timeout=5)
        self.popen.stdout.close()
        self.popen.stderr.close()
        return code


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def build_image(repo: Path, commit: str, target: Path) -> Path:
    """What the Dockerfile of the commit copies, and nothing else. Gives the image's folder; the tree is beside it."""
    tree, image = target / "tree", target / "image"
    tree.mkdir(parents=True)
    archive = history.git(repo, "archive", commit)
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    for line in (tree / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY "):
            source, destination = line.split()[1:]
            for path in sorted(tree.glob(source)):
                if path.is_dir():
                    shutil.copytree(path, image / destination, dirs_exist_ok=True)
                elif path.is_file():
                    (image / destination).mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, image / destination / path.name)
    return image


def run_tests(tree: Path, junit: Path, office_url: str, mailer_url: str, pause_s: float) -> None:
    """The e2e tests of the commit; their outcome is in the JUnit file."""
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "TZ": "UTC",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "BOX_OFFICE_URL": office_url,
        "MAILER_URL": mailer_url,
        "TEST_PAUSE_S": str(pause_s),
    }
    command = [sys.executable, "-m", "pytest", "-q", "tests/e2e", f"--junitxml={junit}", "-o", "junit_suite_name=e2e"]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1) or not junit.exists():
        raise SystemExit(f"the tests did not run:\n{done.stdout}{done.stderr}")


class Staging:
    """Both services and what stands before them, running from the images of one cycle."""

    def __init__(self, images: dict[str, Path]) -> None:
        self.images, self.began = images, time.time()
        mailer = Process("cinema.mailer", images["ticket-mailer"])
        mailer.wait_until_it_listens()
        self.fronts = {"ticket-mailer": Front("https://ticket-mailer.staging.example.com", mailer.port)}
        office = Process(
            "cinema.front",
            images["box-office"],
            MAILER_URL=self.fronts["ticket-mailer"].url,
            CINEMA_NAME="Kino Przyklad",
        )
        office.wait_until_it_listens()
        self.fronts["box-office"] = Front("https://box-office.staging.example.com", office.port)
        self.processes = {"box-office": office, "ticket-mailer": mailer}
        self.listening = time.time()

    def replaced(self, root: str) -> list[tuple[str, str]]:
        """What reads differently in the cloud: paths of the image and of Python, addresses, ports."""
        pairs = [(str(image), root) for image in self.images.values()]
        pairs += [(str(image.with_name("tree")), "/builds/box-office") for image in self.images.values()]
        pairs.append((str(Path(os.__file__).parent), f"/usr/local/lib/python3.{sys.version_info.minor}"))
        pairs += [(front.url, front.public_url) for front in self.fronts.values()]
        pairs += [(f"on port {process.port}", "on port 8080") for process in self.processes.values()]
        return [*pairs, ("127.0.0.1", "169.254.169.126")]

    def close(self) -> None:
        for process in self.processes.values():
            process.end()
        for front in self.fronts.values():
            front.close()


def record(story: dict, cycle: dict, repo: Path, commits: list[str], out: Path, pause_s: float = 0.2) -> None:
    """One cycle: `logs.jsonl.gz` and `junit.xml` in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    ids = random.Random(f"instances of cycle {cycle['name']}")

    def instance(service: str, deploy: dict) -> Instance:
        labels = {"commit-sha": commits[deploy["commit"] - 1], "managed-by": "gcp-cloud-build-deploy-cloud-run"}
        return Instance(
            service, deploy["revision"], "00" + ids.randbytes(33).hex(), labels if deploy.get("labelled") else {}
        )

    with tempfile.TemporaryDirectory(prefix="demo-cycle-") as folder:
        temp = Path(folder).resolve()
        running, refused = (
            {
                service: build_image(repo, commits[deploy["commit"] - 1], temp / kind / service)
                for service, deploy in cycle.get(kind, {}).items()
            }
            for kind in ("services", "refused")
        )
        staging = Staging(running)
        shown = staging.replaced(story["root"]) + [(str(image), story["root"]) for image in refused.values()]
        shift = epoch(cycle["starts"]) - staging.began
        recording = Recording(story["project"], story["location"], f"cycle {cycle['name']}", shift, shown)
        office_url, mailer_url = (staging.fronts[service].url for service in ("box-office", "ticket-mailer"))
        people = PassersBy(office_url, mailer_url, seed=int(cycle["name"]))
        people.start()
        crashes = [
            threading.Thread(
                target=_try_to_start, args=(recording, image, [instance(service, deploy) for _ in range(3)], deploy)
            )
            for service, image in refused.items()
            for deploy in [cycle["refused"][service]]
        ]
        for crash in crashes:
            crash.start()
        run_tests(running["box-office"].parent / "tree", temp / "junit.xml", office_url, mailer_url, pause_s)
        for crash in crashes:
            crash.join()
        people.leave()
        staging.close()

        for service, deploy in cycle["services"].items():
            _add_service(recording, staging, instance(service, deploy), deploy)
        text = "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in recording.finished())
        (out / "logs.jsonl.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        junit = recording.story_text((temp / "junit.xml").read_text(encoding="utf-8"))
        (out / "junit.xml").write_text(re.sub(r'hostname="[^"]*"', 'hostname="e2e-runner"', junit), encoding="utf-8")


def _add_service(recording: Recording, staging: Staging, who: Instance, deploy: dict) -> None:
    """All that a running service and the platform around it said."""
    container = f'container "{who.service}-1" on port 8080.'
    reason = SCALING
    if "deployed" in deploy:
        deployed = epoch(deploy["deployed"]) - recording.shift
        recording.add_replace(who, deploy["deployed"], deploy["previous"])
        recording.add_ready(who, deployed + 9.41)
        if staging.began - deployed < 120:
            reason = ROLLOUT
    recording.add_system(who, staging.began, reason)
    recording.add_system(who, staging.listening, f"Default STARTUP TCP probe succeeded after 1 attempt for {container}")
    recording.add_lines(who, staging.processes[who.service].lines)
    for start, end, request in staging.fronts[who.service].requests:
        recording.add_request(who, start, end, request)


def _try_to_start(recording: Recording, image: Path, instances: list[Instance], deploy: dict) -> None:
    """The revision that never becomes ready: the platform tries some times, then gives up."""
    recording.add_replace(instances[0], deploy["deployed"], deploy["previous"])
    for who in instances:
        time.sleep(1.0)
        container = f'container "{who.service}-1" on port 8080.'
        recording.add_system(who, time.time(), ROLLOUT)
        process = Process("cinema.mailer", image)
        process.popen.wait(timeout=20)
        code = process.end()
        recording.add_lines(who, process.lines)
        recording.add_system(who, time.time(), f"Container called exit({code}).", "WARNING")
        recording.add_system(
            who,
            time.time(),
            f"Default STARTUP TCP probe failed 1 time consecutively for {container} The instance was not started.\n"
            "Connection failed with status CANCELLED.",
            "ERROR",
        )
    recording.add_ready(instances[0], time.time(), NOT_STARTED)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--out", type=Path, default=PACKAGE)
    arguments.add_argument("--cycle", action="append", help="only this one (repeat for more)")
    arguments.add_argument("--pause-s", type=float, default=0.2, help="rest between two tests")
    given = arguments.parse_args()
    story = tomllib.loads((history.HERE / "story.toml").read_text(encoding="utf-8"))
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="demo-history-") as folder:
        repo = Path(folder) / "repo"
        commits = [commit for commit, _ in history.build(repo)]
        history.export(repo, given.out / "history.fast-import.gz")
        for cycle in story["cycle"]:
            if given.cycle is None or cycle["name"] in given.cycle:
                record(story, cycle, repo, commits, given.out / f"cycle-{cycle['name']}", given.pause_s)
                print(f"cycle {cycle['name']} recorded", file=sys.stderr)
        truth.write(story, repo, commits, given.out)


if __name__ == "__main__":
    main()
