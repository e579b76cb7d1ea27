"""Credentials, refusals and clocks judged, without a network."""

from __future__ import annotations

import math

import pytest
from google.auth.credentials import AnonymousCredentials
from google.auth.impersonated_credentials import Credentials as Impersonated
from google.oauth2.credentials import Credentials as User
from hypothesis import given
from hypothesis import strategies as st

from analyzer.sources.cloud_logging.checks import skew_s
from analyzer.sources.cloud_logging.credential_checks import check_quota_project, check_token, kind_of, member_of
from analyzer.sources.cloud_logging.listing import CallError, Trouble
from analyzer.sources.cloud_logging.refusals import refused

VIEW = "projects/demo/locations/global/buckets/B/views/V"


def remedy(message: str, resource: str = "projects/demo", trouble: Trouble = Trouble.DENIED, member: str = "") -> str:
    check = refused(
        "access",
        CallError(trouble, message),
        resource,
        over="gRPC",
        server=None,
        member=member,
        payer="payer",
        redact=str,
    )
    return check.remedy


def test_a_user_without_a_quota_project_is_told_how_to_set_one() -> None:
    (check,) = check_quota_project(User(token="t"), "demo")
    assert (check.status, check.remedy) == ("warning", "gcloud auth application-default set-quota-project demo")
    (check,) = check_quota_project(User(token="t", quota_project_id="payer"), "demo")
    assert check.status == "ok"


def test_who_has_a_token_is_not_asked_for_another() -> None:
    assert check_token(User(token="t")).status == "ok"
    assert check_token(AnonymousCredentials()).status == "ok"


def test_a_user_who_cannot_be_renewed_signs_in_again() -> None:
    check = check_token(User(token=None))
    assert check.status == "failed"
    assert check.remedy == "sign in again: gcloud auth application-default login"


def test_impersonation_is_told_and_its_account_is_the_member() -> None:
    found = Impersonated(User(token="t"), "robot@demo.example.com", ["scope"])
    assert kind_of(found) == "impersonated service account robot@demo.example.com"
    assert member_of(found) == "serviceAccount:robot@demo.example.com"


@pytest.mark.parametrize(
    ("message", "resource", "expected"),
    [
        ("Permission denied", "projects/demo", "gcloud projects add-iam-policy-binding demo --role=roles/logging.v"),
        ("Permission denied", VIEW, "gcloud projects add-iam-policy-binding demo --role=roles/logging.viewAccessor"),
        ("Permission denied", "folders/12", "gcloud resource-manager folders add-iam-policy-binding 12 "),
        ("SERVICE_DISABLED", "projects/demo", "gcloud services enable logging.googleapis.com --project payer"),
        ("The API requires a quota project", "projects/demo", "gcloud auth application-default set-quota-project demo"),
        ("lacks serviceusage.services.use", "projects/demo", "gcloud projects add-iam-policy-binding payer "),
        ("Request is prohibited by organization's policy", "projects/demo", "ask from inside the perimeter"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_own_remedy(message: str, resource: str, expected: str) -> None:
    assert remedy(message, resource).startswith(expected)


def test_no_name_breaks_out_of_the_command_of_a_remedy() -> None:
    assert "'demo; reboot'" in remedy("Permission denied", "projects/demo; reboot")


@pytest.mark.parametrize("trouble", list(Trouble))
def test_every_trouble_has_a_remedy(trouble: Trouble) -> None:
    assert remedy("no", trouble=trouble)


@given(st.floats(0, 2e9), st.floats(0, 90), st.floats(0, 1), st.integers(-86_400, 86_400))
def test_a_skew_is_never_overstated(asked: float, takes: float, answers_after: float, true_skew: int) -> None:
    told = float(math.floor(asked + takes * answers_after + true_skew))
    found = skew_s(told, asked, asked + takes)
    assert abs(found) <= abs(true_skew) + 1e-6
    assert abs(found - true_skew) <= takes + 1 + 1e-6
