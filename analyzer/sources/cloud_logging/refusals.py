"""Why a project cannot be read, and the very command that mends it.

https://cloud.google.com/logging/docs/access-control , https://cloud.google.com/service-usage/docs/troubleshooting
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable

from analyzer.model import Check
from analyzer.sources.cloud_logging.listing import SIGN_IN, TRUST, CallError, Trouble

_DISABLED = re.compile(r"SERVICE_DISABLED|has not been used in project|API is (?:disabled|not enabled)", re.IGNORECASE)
_DISABLED_IN = re.compile(r"in project ([a-z0-9.:-]{1,63})")
_NO_PAYER = re.compile(r"requires a quota project", re.IGNORECASE)
_NOT_THE_PAYER = re.compile(r"USER_PROJECT_DENIED|serviceusage\.services\.use|required permission to use project")
_PERIMETER = re.compile(r"vpcServiceControls|prohibited by organization", re.IGNORECASE)
_MAX_SAID = 300
_BINDINGS = {
    "projects": "gcloud projects",
    "folders": "gcloud resource-manager folders",
    "organizations": "gcloud organizations",
    "billingAccounts": "gcloud billing accounts",
}


def refused(
    name: str,
    err: CallError,
    resource: str,
    *,
    over: str,
    server: str | None,
    member: str,
    payer: str,
    redact: Callable[[str], str],
) -> Check:
    """The check of a call that gave no page.

    `server` is the one named by hand, `member` who asked, as a policy binding names it, `payer` the project whose
    quota was spent.
    """
    said = redact(err.message)[:_MAX_SAID]
    match err.trouble:
        case Trouble.DENIED:
            return _denied(name, err.message, said, resource, member or "user:YOU@example.com", payer)
        case Trouble.EXHAUSTED:
            wait = f" for {err.retry_after_s:,.0f} s" if err.retry_after_s else ""
            return Check.warning(
                name, f"the quota is used up{wait}: {said}", "others spend the same quota: wait, then try again"
            )
        case Trouble.UNAUTHENTICATED:
            return Check.failed(name, f"the credentials were refused: {said}", err.hint or f"sign in again: {SIGN_IN}")
        case Trouble.UNTRUSTED:
            return Check.failed(name, f"no trusted connection: {said}", TRUST)
        case Trouble.NOT_FOUND:
            return Check.failed(
                name, f"there is no such project or view: {said}", "see the ids with: gcloud projects list"
            )
        case Trouble.PASSING | Trouble.TOO_SLOW:
            other = "rest" if over == "gRPC" else "grpc"
            mend = (
                f"see whether this machine reaches {server}"
                if server
                else "see whether this machine reaches logging.googleapis.com; behind a proxy set HTTPS_PROXY; "
                f"or ask another way: --transport {other}"
            )
            return Check.failed(name, f"no answer over {over}: {said}", mend)
        case Trouble.TOO_LARGE:
            return Check.failed(
                name, f"an answer does not fit through the channel: {said}", "a proxy limits messages: --transport rest"
            )
    return Check.failed(name, f"the question was not understood: {said}", "see the ids with: gcloud projects list")


def _denied(name: str, message: str, said: str, resource: str, member: str, payer: str) -> Check:
    kind, place = resource.split("/")[:2]
    if _DISABLED.search(message):
        found = _DISABLED_IN.search(message)
        return Check.failed(
            name,
            f"the Cloud Logging API is not enabled: {said}",
            f"gcloud services enable logging.googleapis.com --project {shlex.quote(found[1] if found else payer)}",
        )
    if _NO_PAYER.search(message):
        return Check.failed(
            name,
            f"no project to count the calls for: {said}",
            f"gcloud auth application-default set-quota-project {shlex.quote(place)}",
        )
    if _NOT_THE_PAYER.search(message):
        return Check.failed(
            name,
            f"no permission to spend the quota of {payer}: {said}",
            f"gcloud projects add-iam-policy-binding {shlex.quote(payer)}"
            f" --role=roles/serviceusage.serviceUsageConsumer --member={shlex.quote(member)}",
        )
    if _PERIMETER.search(message):
        return Check.failed(
            name,
            f"a perimeter of VPC Service Controls is in the way: {said}",
            "ask from inside the perimeter, or have its administrator let you in",
        )
    role = "roles/logging.viewAccessor" if "/views/" in resource else "roles/logging.viewer"
    return Check.failed(
        name,
        f"no permission to read its logs: {said}",
        f"{_BINDINGS[kind]} add-iam-policy-binding {shlex.quote(place)} --role={role} --member={shlex.quote(member)}",
    )
