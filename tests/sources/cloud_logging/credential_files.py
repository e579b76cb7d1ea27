"""Files of credentials as gcloud and the console write them, with keys made here and a token server of one's own."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ACCOUNT = "puller@fleet-staging.example.com"


def user_file(folder: Path, token_url: str, **more: str) -> str:
    """Of a user, as `gcloud auth application-default login` leaves it."""
    return _written(
        folder / "user.json",
        type="authorized_user",
        client_id="client.example.com",
        client_secret="not-so-secret",
        refresh_token="refresh-me",
        token_uri=token_url,
        **more,
    )


def key_file(folder: Path, token_url: str, **more: str) -> str:
    """Of a service account's key."""
    return _written(
        folder / "key.json",
        type="service_account",
        project_id="fleet-staging",
        private_key_id="1",
        private_key=_key(),
        client_email=ACCOUNT,
        client_id="1",
        token_uri=token_url,
        **more,
    )


def _written(path: Path, **fields: str) -> str:
    path.write_text(json.dumps(fields), encoding="utf-8")
    return str(path)


@cache
def _key() -> str:
    key = rsa.generate_private_key(65_537, 2_048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return pem.decode()
