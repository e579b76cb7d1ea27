"""Lines, requests and platform events → LogEntry objects as Cloud Logging would show them."""

import hashlib
import json
import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?")


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def epoch(text: str) -> float:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


@dataclass
class Line:
    """A line (or joined stack trace) of a process: `seconds` of real time, stream stdout or stderr."""

    seconds: float
    stream: str
    text: str


@dataclass
class Instance:
    """Who wrote it."""

    service: str
    revision: str
    instance: str
    labels: dict[str, str]


class Recording:
    """The entries of one cycle. All that comes in is in real time; `shift` moves it to the time of the story."""

    def __init__(self, project: str, location: str, seed: str, shift: float, replaced: list[tuple[str, str]]) -> None:
        self._project, self._location, self.shift, self.replaced = project, location, shift, replaced
        self._random = random.Random(seed)
        self._rows: list[tuple[float, dict]] = []

    # ---- what is changed in a text: times, paths of the image, addresses ----

    def story_text(self, text: str) -> str:
        for real, shown in self.replaced:
            text = text.replace(real, shown)
        return STAMP.sub(self._moved, text)

    def _moved(self, match: re.Match) -> str:
        text = match.group(0)
        moment = datetime.fromisoformat(text.replace(",", ".")) + timedelta(seconds=self.shift)
        shown = moment.isoformat(sep=text[10], timespec="microseconds")
        return shown[:19] + text[19:20] + shown[20 : len(text)]

    # ---- what comes in ----

    def add_lines(self, who: Instance, lines: list[Line]) -> None:
        for line in join_stack_traces(lines):
            entry = {"labels": {"instanceId": who.instance, **who.labels}}
            text = self.story_text(line.text)
            document = None
            if text.startswith("{"):
                try:
                    document = json.loads(text)
                except ValueError:
                    document = None
            if document is None:
                entry["textPayload"] = text
                if "Traceback (most recent call last)" in text:
                    entry["severity"] = "ERROR"  # the platform knows a stack trace when it sees one
            else:
                entry["severity"] = document.pop("severity")
                entry["jsonPayload"] = document
            self._add(line.seconds, who, f"run.googleapis.com%2F{line.stream}", entry)

    def add_request(self, who: Instance, start: float, end: float, request: dict) -> None:
        status = request["status"]
        self._add(
            start,
            who,
            "run.googleapis.com%2Frequests",
            {
                "labels": {"instanceId": who.instance, **who.labels},
                "httpRequest": {**request, "latency": f"{end - start:.9f}s"},
                "severity": "ERROR" if status >= 500 else "WARNING" if status >= 400 else "INFO",
                "trace": f"projects/{self._project}/traces/{self._random.randbytes(16).hex()}",
                "spanId": self._random.randbytes(8).hex(),
            },
            late=end - start,
        )

    def add_system(self, who: Instance, seconds: float, text: str, severity: str = "INFO") -> None:
        self._add(
            seconds,
            who,
            "run.googleapis.com%2Fvarlog%2Fsystem",
            {
                "labels": {"instanceId": who.instance, **who.labels},
                "textPayload": text,
                "severity": severity,
            },
        )

    def add_replace(self, who: Instance, story_time: str, previous: str) -> None:
        """The audit entry of a deploy: as in life it names the revision before, and an image by its digest."""
        number = int(previous.split("-")[-2])
        name = {"name": who.service, "generation": number + 1}
        if who.labels:
            name["labels"] = dict(who.labels)
        digest = hashlib.sha256(who.revision.encode()).hexdigest()
        image = f"{self._location}-docker.pkg.dev/{self._project}/images/cinema@sha256:{digest}"
        nobody = Instance(who.service, "", "", {})
        self._add(
            epoch(story_time) - self.shift,
            nobody,
            "cloudaudit.googleapis.com%2Factivity",
            {
                "severity": "NOTICE",
                "protoPayload": {
                    "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
                    "serviceName": "run.googleapis.com",
                    "methodName": "google.cloud.run.v1.Services.ReplaceService",
                    "resourceName": f"namespaces/{self._project}/services/{who.service}",
                    "authenticationInfo": {"principalEmail": "deployer@example.com"},
                    "request": {
                        "service": {
                            "metadata": name,
                            "spec": {"template": {"spec": {"containers": [{"image": image}]}}},
                        }
                    },
                    "response": {
                        "metadata": name,
                        "status": {"latestCreatedRevisionName": previous, "observedGeneration": number},
                    },
                    "status": {},
                },
            },
        )

    def add_ready(self, who: Instance, seconds: float, problem: str = "") -> None:
        """The Ready condition of a revision."""
        outcome = (
            f"False for Revision {who.revision} with message: {problem}"
            if problem
            else (f"True for Revision {who.revision} with message: Deploying revision succeeded in 9.41s.")
        )
        self._add(
            seconds,
            who,
            "cloudaudit.googleapis.com%2Fsystem_event",
            {
                "severity": "ERROR" if problem else "INFO",
                "protoPayload": {
                    "@type": "type.googleapis.com/google.cloud.audit.AuditLog",
                    "serviceName": "run.googleapis.com",
                    "methodName": "/Services.ReplaceService",
                    "resourceName": f"namespaces/{self._project}/revisions/{who.revision}",
                    "status": {"code": 9 if problem else 0, "message": f"Ready condition status changed to {outcome}"},
                },
            },
        )

    def _add(self, seconds: float, who: Instance, log: str, entry: dict, late: float = 0.0) -> None:
        moment = seconds + self.shift
        labels = {
            "configuration_name": who.service,
            "location": self._location,
            "project_id": self._project,
            "revision_name": who.revision,
            "service_name": who.service,
        }
        self._rows.append(
            (
                moment,
                {
                    "logName": f"projects/{self._project}/logs/{log}",
                    "resource": {"type": "cloud_run_revision", "labels": labels},
                    "timestamp": iso(moment),
                    "receiveTimestamp": iso(moment + late + 0.05 + 0.2 * self._random.random()),
                    **entry,
                },
            )
        )

    def finished(self) -> list[dict]:
        """In order of reception, newest last, each with its insertId."""
        self._rows.sort(key=lambda row: (row[1]["receiveTimestamp"], row[0]))
        return [{"insertId": self._random.randbytes(10).hex(), **row} for _, row in self._rows]


def join_stack_traces(lines: list[Line]) -> list[Line]:
    """As the platform does: one entry per recognised stack trace; separators stay alone, empty lines get lost."""
    joined: list[Line] = []
    open_trace: Line | None = None
    for line in lines:
        if open_trace is not None and line.stream == open_trace.stream:
            open_trace.text += "\n" + line.text
            if not line.text.startswith(" "):
                open_trace = None
        elif line.text.startswith("Traceback (most recent call last)"):
            open_trace = Line(line.seconds, line.stream, line.text)
            joined.append(open_trace)
        elif line.text.strip():
            joined.append(line)
    return joined
