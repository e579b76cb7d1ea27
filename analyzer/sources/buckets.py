"""Objects of Cloud Storage as inputs: `gs://bucket/prefix` → names, a name → its bytes. Needs the extra `gcs`.

Calls go through the official client, which repeats what is worth repeating and, where STORAGE_EMULATOR_HOST is set,
talks to that address without credentials: https://cloud.google.com/python/docs/reference/storage/latest
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from analyzer.errors import SourceError, SourceRefusedError

SCHEME = "gs://"
MAX_OBJECT_BYTES = 4 * 1024**3
"""a sink's files end at 3.5 GiB; what is larger is no log of one hour"""
MAX_OBJECTS = 50_000
"""names of one address; with 1,000 a page that is 50 calls"""
_ADDRESS = re.compile(r"gs://([a-z0-9][a-z0-9._-]{1,220}[a-z0-9])(?:/(.*))?", re.ASCII)
_WILD = re.compile(r"[*?\[]")
_TIMEOUT_SECONDS = 60
_CALL = re.compile(r"^[A-Z]{3,7} https?://\S+: ")
"""what the client puts before the server's own words"""


class Buckets:
    """The buckets that addresses name; a client is made for the first of them and closed at the end of `with`."""

    def __init__(self) -> None:
        self._client: Any = None
        self._sizes: dict[str, int] = {}

    def __enter__(self) -> Buckets:
        return self

    def __exit__(self, *_: object) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def names(self, address: str, wanted: Callable[[str], bool]) -> list[str]:
        """`gs://bucket/object` of everything that an address names, sorted: the object itself, what lies under that
        folder, else what begins with that prefix; or what a pattern with `*` fits.

        `wanted` judges the names found by listing. Raises `SourceError` where there is none, `SourceRefusedError`.
        """
        bucket, path = _parts(address)
        wild = _WILD.search(path)
        prefix = path[: wild.start()] if wild else path
        listed: list[str] = []
        with _said(address):
            pages = self._opened().list_blobs(
                bucket, prefix=prefix or None, fields="items(name,size),nextPageToken", timeout=_TIMEOUT_SECONDS
            )
            for blob in pages:
                if blob.name.endswith("/"):
                    continue  # what consoles make to show an empty folder
                listed.append(blob.name)
                self._sizes[f"{SCHEME}{bucket}/{blob.name}"] = blob.size or 0
                if len(listed) > MAX_OBJECTS:
                    raise SourceError(
                        f"{address} names more than {MAX_OBJECTS:,} objects", "name a day or an hour of one log"
                    )
        if path in listed:
            found = [path]
        elif wild:
            found = fnmatch.filter(listed, path)
        else:
            folder = path if not path or path.endswith("/") else f"{path}/"
            found = [n for n in listed if n.startswith(folder)] or listed
            found = [n for n in found if wanted(n.rpartition("/")[2])]
        if not found:
            raise SourceError(
                f"no logs under {address}", f"`gcloud storage ls {SCHEME}{bucket}/` shows what the bucket holds"
            )
        return sorted(f"{SCHEME}{bucket}/{name}" for name in found)

    def read(self, name: str) -> bytes:
        """The bytes of one object as they are stored. Raises `SourceError`, `SourceRefusedError`."""
        bucket, path = _parts(name)
        if self._sizes.get(name, 0) > MAX_OBJECT_BYTES:
            raise SourceError(
                f"{name} is larger than {MAX_OBJECT_BYTES // 1024**3} GiB", "split it, or leave it out by a pattern"
            )
        with _said(name):
            blob = self._opened().bucket(bucket).blob(path)
            data: bytes = blob.download_as_bytes(raw_download=True, timeout=_TIMEOUT_SECONDS)
        return data

    def _opened(self) -> Any:
        if self._client is None:
            from google.cloud.storage import Client

            self._client = Client()
            # it would look up where the bucket lies, in a thread with retries of its own; nothing here wants to know
            self._client._bucket_metadata_cache = None
        return self._client


def _parts(address: str) -> tuple[str, str]:
    """(bucket, what follows it)."""
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise SourceError(f"{address} is no address of a bucket", "write gs://BUCKET or gs://BUCKET/PREFIX")
    return found[1], found[2] or ""


@contextmanager
def _said(address: str) -> Iterator[None]:
    """Errors of the client as ours, with what to do next."""
    try:
        from google.api_core import exceptions as api
        from google.auth import exceptions as auth
        from google.cloud.storage import Client  # noqa: F401 - the extra may not be installed
    except ImportError as err:
        raise SourceError(
            f"{address} needs the client of Cloud Storage, which is not installed",
            "pip install 'incident-analyzer[gcs]', or copy it: gcloud storage cp -r ADDRESS FOLDER",
        ) from err
    import requests

    bucket = _parts(address)[0]
    try:
        yield
    except (auth.DefaultCredentialsError, auth.RefreshError, api.Unauthorized) as err:
        raise SourceRefusedError(
            f"no valid credentials to read {address}: {_first_line(err)}", "gcloud auth application-default login"
        ) from err
    except api.Forbidden as err:
        raise SourceRefusedError(
            f"not allowed to read {address}: {_first_line(err)}",
            f"ask for roles/storage.objectViewer: gcloud storage buckets add-iam-policy-binding {SCHEME}{bucket}"
            " --member=user:YOU --role=roles/storage.objectViewer",
        ) from err
    except api.NotFound as err:
        raise SourceRefusedError(
            f"{address} is not there: {_first_line(err)}",
            "`gcloud storage ls` shows the buckets of a project, `gcloud storage ls gs://BUCKET/` what one holds",
        ) from err
    except api.TooManyRequests as err:
        raise SourceRefusedError(
            f"Cloud Storage asks to slow down at {address}: {_first_line(err)}", "try again in a few minutes"
        ) from err
    except (api.GoogleAPIError, auth.GoogleAuthError, requests.RequestException) as err:
        raise SourceError(
            f"cannot read {address}: {_first_line(err)}", "see whether the network reaches Cloud Storage, then again"
        ) from err


def _first_line(err: Exception) -> str:
    return _CALL.sub("", str(getattr(err, "message", "") or err).partition("\n")[0])[:300]
