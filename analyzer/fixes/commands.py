"""Commands that can be pasted into a shell: what they ask comes from logs and repositories, so each word is quoted.

None of them changes anything but `update-traffic`, and that one is only given where a fix waits for its traffic.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence

from analyzer.fixes.log_filters import ServiceResource
from analyzer.model import CodePath

_MAX_ENTRIES = 50
_AROUND = 8
_CLOUD_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_.:-]{0,120}[a-z0-9])?", re.ASCII)
_CLOUD_RUN = "cloud_run_revision"


def read_logs(filter_: str, *, project: str | None = None) -> str:
    """Reads what a filter finds, oldest first."""
    where = [f"--project={project}"] if project and _CLOUD_NAME.fullmatch(project) else []
    words = ["gcloud", "logging", "read", filter_, *where, "--order=asc", f"--limit={_MAX_ENTRIES}", "--format=json"]
    return shlex.join(words)


def show_code(path: CodePath) -> str:
    """Prints a place and the lines around it, at the commit that was read where that is known."""
    lines = f"sed -n '{max(path.line - _AROUND, 1)},{path.end_line + _AROUND}p'"
    if path.commit:
        return f"{shlex.join(['git', 'show', f'{path.commit}:{path.file}'])} | {lines}"
    return f"{lines} -- {shlex.quote(path.file)}"


def show_commit(commit: str) -> str:
    """Prints what a commit changed."""
    return shlex.join(["git", "show", "--stat", "--patch", commit, "--"])


def find_siblings(commit: str) -> str:
    """Looks for other places that have what a fix repaired."""
    return shlex.join(["analyzer", "siblings", "--from-fix", commit])


def verify_fix(commit: str) -> str:
    """Asks what the changed lines of a fix can do; needs no deploy."""
    return shlex.join(["analyzer", "fix", "verify", commit, "--before-deploy"])


def describe_traffic(
    services: Sequence[str], resources: Mapping[str, ServiceResource] | None, project: str | None
) -> str | None:
    """How the traffic of the first of these services on Cloud Run is split; None where none is there."""
    return _run(services, resources, project, "describe", "--format='value(status.traffic)'")


def move_traffic(
    services: Sequence[str], resources: Mapping[str, ServiceResource] | None, project: str | None, revision: str | None
) -> str | None:
    """Gives a revision all the traffic, the latest one where none is named."""
    known = revision is not None and _CLOUD_NAME.fullmatch(revision)
    return _run(
        services, resources, project, "update-traffic", f"--to-revisions={revision}=100" if known else "--to-latest"
    )


def project_of(services: Iterable[str], resources: Mapping[str, ServiceResource] | None) -> str | None:
    """The project of the first service that has one."""
    found = (resources[service].project for service in services if resources and service in resources)
    return next((project for project in found if project), None)


def _run(
    services: Sequence[str],
    resources: Mapping[str, ServiceResource] | None,
    project: str | None,
    verb: str,
    option: str,
) -> str | None:
    for service in services:
        resource = resources.get(service) if resources is not None else ServiceResource(type=_CLOUD_RUN, label=None)
        if resource is None or resource.type != _CLOUD_RUN or not _CLOUD_NAME.fullmatch(service):
            continue
        words = ["gcloud", "run", "services", verb, service]
        for name, value in (("region", resource.location), ("project", project or resource.project)):
            if value and _CLOUD_NAME.fullmatch(value):
                words.append(f"--{name}={value}")
        return f"{shlex.join(words)} {option}"
    return None
