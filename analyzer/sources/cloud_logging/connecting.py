"""Where to ask and as whom: `--endpoint`, `--transport`, `--impersonate` and the machine's credentials → listings.

`http://…` and `https://…` are REST, `host:port` is gRPC without TLS, `grpcs://host:port` gRPC with TLS; both a REST
and a gRPC endpoint may be given. Credentials go to TLS endpoints only.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import google.auth
from google.auth import credentials as auth_credentials
from google.auth import exceptions, impersonated_credentials

from analyzer.errors import ConfigError, SourceRefusedError
from analyzer.sources.cloud_logging.authorizing import said
from analyzer.sources.cloud_logging.listing import READ_SCOPE, SIGN_IN, Listing

TRANSPORTS = ("grpc", "rest")
_HIGHEST_PORT = 65_535
_PLACE = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9_.-]{1,253}))(?::([0-9]{1,5}))?", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """Addresses by surface; None is Google's own, or none where the other one was named."""

    grpc: str | None = None
    grpc_tls: bool = True
    rest: str | None = None
    named: bool = False

    @property
    def plain(self) -> bool:
        """Whether no credentials are needed, because none would be sent."""
        return self.named and not (self.grpc and self.grpc_tls) and not (self.rest or "").startswith("https:")


@dataclass(slots=True, kw_only=True)
class Connector:
    """Connects to each surface once, when it is first wanted."""

    endpoints: Endpoints
    transport: str | None
    project: str
    impersonate: str | None = None
    _credentials: Any = None
    _quota_project: str | None = None
    _open: dict[str, Listing] = field(default_factory=dict)

    def surface(self, *, error_groups: bool) -> str:
        """Which surface a question goes to: REST where error groups are wanted and it can be had, else gRPC."""
        if self.transport:
            return self.transport
        if self.endpoints.named:
            if self.endpoints.grpc and self.endpoints.rest:
                return "rest" if error_groups else "grpc"
            return "grpc" if self.endpoints.grpc else "rest"
        return "rest" if error_groups else "grpc"

    def quota_project(self) -> str:
        """The project whose quota is spent."""
        return os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT") or self._quota_project or self.project

    def counted_as(self) -> str:
        """What the calls are counted as by the rate gate: one for each quota project and each server named by hand."""
        ends = self.endpoints
        return "+".join(e for e in (self.quota_project(), ends.grpc, ends.rest) if e)

    def listing(self, surface: str) -> Listing:
        """The surface, connected. Raises `SourceRefusedError` without credentials."""
        if surface not in self._open:
            self._open[surface] = self._connect(surface)
        return self._open[surface]

    def close(self) -> None:
        """Let go of all connections."""
        for listing in self._open.values():
            listing.close()
        self._open.clear()

    def credentials(self) -> Any:
        """The credentials for a server with TLS, or none at all for one without."""
        if self._credentials is None:
            self._credentials, self._quota_project = _credentials(self.endpoints, self.impersonate)
        return self._credentials

    def _connect(self, surface: str) -> Listing:
        ends = self.endpoints
        if surface == "rest":
            from analyzer.sources.cloud_logging import rest_listing

            # of two endpoints one may be with TLS, the other without
            plain = (ends.rest or "").startswith("http:")
            credentials = auth_credentials.AnonymousCredentials() if plain else self.credentials()
            return rest_listing.connect(credentials, self.project, ends.rest)
        from analyzer.sources.cloud_logging import grpc_listing

        if ends.grpc and not ends.grpc_tls:
            return grpc_listing.connect_plain(ends.grpc)
        return grpc_listing.connect(self.credentials(), ends.grpc)


def read_endpoints(given: Sequence[str], transport: str | None) -> Endpoints:
    """The endpoints as given by `--endpoint` or `ANALYZER_ENDPOINT`; raises `ConfigError`."""
    if transport is not None and transport not in TRANSPORTS:
        raise ConfigError(f"--transport {transport}: no such transport", f"it is one of {', '.join(TRANSPORTS)}")
    grpc = rest = None
    tls = True
    for text in given:
        scheme, mark, place = text.rpartition("://")
        if scheme in ("http", "https") and _is_place(place.removesuffix("/"), port=False) and rest is None:
            rest = text.removesuffix("/")
        elif (not mark or scheme in ("grpc", "grpcs")) and _is_place(place, port=True) and grpc is None:
            grpc, tls = place, scheme == "grpcs"
        else:
            raise ConfigError(
                f"--endpoint {text}: not understood, or a second one of its kind",
                "http://host:port is REST, host:port is gRPC without TLS, grpcs://host:port gRPC with TLS",
            )
    if given and transport and (grpc if transport == "grpc" else rest) is None:
        wanted = "host:port" if transport == "grpc" else "http://host:port"
        raise ConfigError(f"--transport {transport} does not fit --endpoint {given[0]}", f"give --endpoint {wanted}")
    return Endpoints(grpc=grpc, grpc_tls=tls, rest=rest, named=bool(given))


def _is_place(text: str, *, port: bool) -> bool:
    """Whether it is a host and a port that there can be; the port may be left out unless `port`."""
    found = _PLACE.fullmatch(text)
    if not found:
        return False
    address, name, number = found.groups()
    if address:
        try:
            ipaddress.IPv6Address(address)
        except ValueError:
            return False
    elif not all(_LABEL.fullmatch(label) for label in name.removesuffix(".").split(".")):
        return False
    return not port if number is None else 1 <= int(number) <= _HIGHEST_PORT


def _credentials(endpoints: Endpoints, impersonate: str | None) -> tuple[Any, str | None]:
    if endpoints.plain:
        return auth_credentials.AnonymousCredentials(), None
    try:
        found, _ = google.auth.default(scopes=[READ_SCOPE])
    except (exceptions.GoogleAuthError, OSError, ValueError, AttributeError, TypeError) as err:
        # the last ones: google.auth takes for granted that a file of JSON holds an object
        if endpoints.named and not impersonate and _is_local(endpoints):
            return auth_credentials.AnonymousCredentials(), None
        raise SourceRefusedError(
            f"no Google credentials: {said(err) if isinstance(err, exceptions.GoogleAuthError) else err}",
            f"sign in with: {SIGN_IN}; or name a key file in GOOGLE_APPLICATION_CREDENTIALS",
        ) from err
    payer = os.environ.get("GOOGLE_CLOUD_QUOTA_PROJECT") or getattr(found, "quota_project_id", None)
    if impersonate:
        found = impersonated_credentials.Credentials(
            source_credentials=found, target_principal=impersonate, target_scopes=[READ_SCOPE], quota_project_id=payer
        )
    elif payer and isinstance(found, auth_credentials.CredentialsWithQuotaProject):
        found = found.with_quota_project(payer)
    return found, payer


def _is_local(endpoints: Endpoints) -> bool:
    """Whether every named endpoint is on this machine: a test server may do without credentials."""
    return all(_local_host(end) for end in (endpoints.grpc, endpoints.rest) if end)


def _local_host(endpoint: str) -> bool:
    host = endpoint.rpartition("://")[2].rpartition(":")[0].strip("[]") or endpoint.rpartition("://")[2]
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
