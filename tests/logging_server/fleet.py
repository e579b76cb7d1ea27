"""A made-up fleet whose logs are made in `entries`: services, revisions, instances, and what must never be written.

Nothing here belongs to anyone: names end in example.com, addresses are of the blocks for documentation.
"""

from __future__ import annotations

import random
import string
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LOCATION = "europe-west1"
SERVICES = ("checkout", "payments", "catalogue", "mailer", "gateway")
POD_SERVICE = "search"
"""the one that runs on Kubernetes"""
REVISIONS = 3
INSTANCES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One running container."""

    service: str
    revision: str
    resource: dict[str, Any]
    labels: dict[str, str]


def instances(project: str) -> tuple[Instance, ...]:
    """All containers of the fleet, each revision with its own commit."""
    chance = random.Random("fleet")
    found = []
    for service in SERVICES:
        for number in range(1, REVISIONS + 1):
            revision = f"{service}-{number:05d}-{''.join(chance.choices(string.ascii_lowercase, k=3))}"
            labels = {
                "project_id": project,
                "location": LOCATION,
                "service_name": service,
                "configuration_name": service,
                "revision_name": revision,
            }
            resource = {"type": "cloud_run_revision", "labels": labels}
            commit = chance.randbytes(20).hex()
            for _ in range(INSTANCES):
                own = {"instanceId": "00" + chance.randbytes(52).hex(), "commit-sha": commit}
                found.append(Instance(service=service, revision=revision, resource=resource, labels=own))
    return (*found, *_pods(project, chance))


def _pods(project: str, chance: random.Random) -> list[Instance]:
    pods = []
    for _ in range(INSTANCES):
        replica_set, pod = chance.randbytes(5).hex(), chance.randbytes(3).hex()[:5]
        labels = {
            "project_id": project,
            "location": LOCATION,
            "cluster_name": "staging",
            "namespace_name": "shop",
            "container_name": POD_SERVICE,
            "pod_name": f"{POD_SERVICE}-{replica_set}-{pod}",
        }
        own = {"k8s-pod/app": POD_SERVICE, "k8s-pod/pod-template-hash": replica_set}
        resource = {"type": "k8s_container", "labels": labels}
        pods.append(Instance(service=POD_SERVICE, revision=replica_set, resource=resource, labels=own))
    return pods


def _planted() -> dict[str, tuple[str, ...]]:
    chance = random.Random("planted")

    def letters(count: int, alphabet: str = string.ascii_letters + string.digits) -> str:
        return "".join(chance.choices(alphabet, k=count))

    kinds: dict[str, Callable[[], str]] = {
        "email": lambda: f"{letters(7, string.ascii_lowercase)}.{letters(5, string.ascii_lowercase)}@example.com",
        "ip": lambda: f"{chance.choice(('203.0.113', '198.51.100', '192.0.2'))}.{chance.randint(2, 254)}",
        "ipv6": lambda: f"2001:db8:{chance.randint(1, 0xFFFF):x}::{chance.randint(1, 0xFFFF):x}",
        # The names of headers and the shapes of keys are put together here, so that no scanner finds one in this file
        "jwt": lambda: f"eyJ{letters(33)}.eyJ{letters(60)}.{letters(43)}",
        "vendor_key": lambda: "sk_" + "live_" + letters(24),
        "password": lambda: f"{letters(9)}{chance.randint(10, 99)}",
    }
    return {kind: tuple(make() for _ in range(12)) for kind, make in kinds.items()}


PLANTED = _planted()
"""kind → values that stand in the made entries and that redaction has to hide"""
