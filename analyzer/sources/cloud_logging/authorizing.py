"""A token before every call that needs one, and what to do where none is to be had.

Left to itself, gRPC tells of a refused token as of a server that is away, and a pull would try on for minutes.
https://cloud.google.com/docs/authentication/application-default-credentials
"""

from __future__ import annotations

import functools
import json
import shlex
from typing import Any

from google.auth import compute_engine, exceptions, impersonated_credentials
from google.auth.transport.requests import Request
from google.oauth2 import service_account

from analyzer.sources.cloud_logging.listing import SIGN_IN, CallError, Trouble, trouble_of

_REFRESH_SECONDS = 20.0
_MAX_SAID = 300
_BUSY = 429


def authorize(credentials: Any) -> None:
    """Leaves the credentials with a token that is good for a call; asks for one where there is none.

    Raises `CallError`: passing where no answer came, else with the hint that mends it.
    """
    try:
        ensure_token(credentials)
    except (exceptions.GoogleAuthError, OSError) as err:
        raise token_error(err, credentials) from err


def ensure_token(credentials: Any) -> None:
    """Asks for a token where the credentials have none that is good. Raises what google.auth raises."""
    if not credentials.valid:
        credentials.refresh(functools.partial(Request(), timeout=_REFRESH_SECONDS))


def token_error(err: Exception, credentials: Any) -> CallError:
    """What a refused or failed request for a token asks for next."""
    if isinstance(err, exceptions.TransportError):
        return CallError(trouble_of("UNAVAILABLE", str(err), with_token=False), f"no token could be had: {said(err)}")
    if isinstance(err, OSError):  # the file of authorities that REQUESTS_CA_BUNDLE names
        return CallError(Trouble.UNTRUSTED, str(err)[:_MAX_SAID])
    if getattr(err, "retryable", False) or _code(err) >= 500 or _code(err) == _BUSY:
        return CallError(Trouble.PASSING, f"no token could be had: {said(err)}")
    if isinstance(credentials, impersonated_credentials.Credentials) and not _is_of_impersonation(err):
        hint = f"sign in again: {SIGN_IN}"  # it failed before the account was asked for
    else:
        hint = renewal(credentials)
    return CallError(Trouble.UNAUTHENTICATED, said(err), hint=hint)


def renewal(credentials: Any) -> str:
    """What to do about credentials that are expired or refused."""
    account = getattr(credentials, "service_account_email", None) or "ACCOUNT"
    match credentials:
        case impersonated_credentials.Credentials():
            return (
                f"let yourself act as it: gcloud iam service-accounts add-iam-policy-binding {shlex.quote(account)}"
                " --role=roles/iam.serviceAccountTokenCreator --member=user:YOU@example.com;"
                f" or sign in again: {SIGN_IN}"
            )
        case service_account.Credentials():
            return (
                "see whether the key is still one of the account's, and this machine's clock is right:"
                f" gcloud iam service-accounts keys list --iam-account={shlex.quote(account)};"
                f" or sign in yourself: {SIGN_IN}"
            )
        case compute_engine.Credentials():
            return "give the machine a service account with the scope https://www.googleapis.com/auth/logging.read"
    return f"sign in again: {SIGN_IN}"


def said(err: Exception) -> str:
    """The first line of what went wrong; google.auth puts the server's whole answer behind the message."""
    words = str(err.args[0]) if err.args else type(err).__name__
    told = _answer(err).get("message")
    text = f"{words}: {told}" if told and _is_of_impersonation(err) else words
    return (text.splitlines() or [""])[0][:_MAX_SAID]


def _is_of_impersonation(err: Exception) -> bool:
    return bool(err.args) and "impersonated credentials" in str(err.args[0])


def _code(err: Exception) -> int:
    code = _answer(err).get("code")
    return code if isinstance(code, int) else 0


def _answer(err: Exception) -> dict[str, Any]:
    """`error` of Google's error document, where the exception has one behind its message."""
    try:
        found = json.loads(err.args[1])["error"]
    except (IndexError, KeyError, TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
