"""Whose credentials would be used, whether they still work, and who pays the quota.

https://cloud.google.com/docs/authentication/application-default-credentials
"""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Iterator
from typing import Any

from google.auth import compute_engine, exceptions, external_account, impersonated_credentials
from google.auth import credentials as auth_credentials
from google.oauth2 import credentials as user_credentials
from google.oauth2 import service_account

from analyzer.errors import AnalyzerError
from analyzer.model import Check
from analyzer.sources.cloud_logging.authorizing import ensure_token, renewal, said
from analyzer.sources.cloud_logging.connecting import Connector

_NAME = "credentials"
_QUOTA = "quota project"


def check_credentials(connector: Connector) -> Iterator[Check]:
    """Found, of which kind, and good for a token; makes no call of Cloud Logging."""
    if connector.endpoints.plain:
        yield Check.ok(_NAME, "none are needed: none are ever sent to a server without TLS")
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Google's library warns of is a check of its own here
            found = connector.credentials()
    except AnalyzerError as err:
        yield Check.failed(_NAME, err.message, err.hint)
        return
    yield check_token(found)
    yield from check_quota_project(found, connector.project)


def check_token(found: Any) -> Check:
    """Whether the credentials are good for a token; asks for one where they have none."""
    if isinstance(found, auth_credentials.AnonymousCredentials):
        return Check.ok(_NAME, "none were found, and none are needed on this machine")
    kind = kind_of(found)
    try:
        ensure_token(found)
    except exceptions.TransportError as err:
        return Check.failed(
            _NAME,
            f"{kind}: no token could be had, {said(err)}",
            "see whether this machine reaches oauth2.googleapis.com; behind a proxy set HTTPS_PROXY",
        )
    except exceptions.GoogleAuthError as err:
        return Check.failed(_NAME, f"{kind}: expired or refused, {said(err)}", renewal(found))
    return Check.ok(_NAME, kind)


def check_quota_project(found: Any, project: str) -> Iterator[Check]:
    """Credentials of a user belong to no project: without one to count their calls Google may refuse them."""
    if not isinstance(found, user_credentials.Credentials):
        return
    if found.quota_project_id:
        yield Check.ok(_QUOTA, f"{found.quota_project_id}: its quota is spent")
    else:
        yield Check.warning(
            _QUOTA,
            "none is set: calls of a user without one may be refused",
            f"gcloud auth application-default set-quota-project {shlex.quote(project)}",
        )


def kind_of(found: Any) -> str:
    """What the credentials are, with the account where it is known."""
    account = getattr(found, "service_account_email", None) or "its default account"
    match found:
        case impersonated_credentials.Credentials():
            return f"impersonated service account {account}"
        case service_account.Credentials():
            return f"key of service account {account}"
        case user_credentials.Credentials():
            return f"user {found.account}".rstrip() if found.account else "a user, signed in with gcloud"
        case compute_engine.Credentials():
            return f"metadata server of this machine, {account}"
        case external_account.Credentials():
            return "workload identity federation"
    return type(found).__name__


def member_of(found: Any) -> str:
    """The credentials' name in a policy binding; `user:YOU@example.com` where they do not tell."""
    email = getattr(found, "service_account_email", None)
    if email and "@" in email:
        return f"serviceAccount:{email}"
    return f"user:{getattr(found, 'account', None) or 'YOU@example.com'}"
