"""Finds the principal of a request in the headers of App Service authentication, and checks its role.

The platform removes these headers from what callers send, and sets them after it has checked a token
(learn.microsoft.com, "Work with user identities in Azure App Service authentication", read on 1 December 2026; not run
in Azure). So they are read only where the settings say that this platform, or a stand-in on this machine, is in front.
"""

import json
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from quantum.contract.kinds import printable
from quantum.contract.parameters import A_TENANT
from quantum.contract.roles import ADMIN, ROLES, is_open, role_of
from quantum.contract.route import Route
from quantum.jobs.principal import KEY_HOLDER, Principal
from quantum.wire.records import record

PROVIDER, ENTRA_ID = "x-ms-client-principal-idp", "aad"  # roles of another provider mean nothing here
PRINCIPAL, ID, NAME, TENANT = (
    "x-ms-client-principal",
    "x-ms-client-principal-id",
    "x-ms-client-principal-name",
    "x-tenant",
)
# App Service gives a claim its short name, or the long one of the older mapping.
ROLE_CLAIMS = ("roles", "http://schemas.microsoft.com/ws/2008/06/identity/claims/role")
TENANT_CLAIMS = ("tid", "http://schemas.microsoft.com/identity/claims/tenantid")
OBJECT_CLAIMS = ("oid", "http://schemas.microsoft.com/identity/claims/objectidentifier")
SCOPE_CLAIMS = (
    "scp",
    "http://schemas.microsoft.com/identity/claims/scope",
)  # a person's token has one, an app's has not
NAME_LENGTH = 128
NOBODY = Principal("anonymous", "anonymous", "anonymous", frozenset())  # behind the doors that are open to all


@record
class Denied:
    """Why a request is not let in: the status, and the title and the text of its problem document."""

    status: int
    title: str
    detail: str


def principal_of(headers: Mapping[str, str], route: Route | None, *, signs_in: bool) -> Principal | Denied:
    """Return the principal of a request, or why its route is closed to it."""
    principal = _signed_in(headers) if signs_in else KEY_HOLDER
    if principal is None and route and is_open(route.door):
        return NOBODY
    if principal is None:
        detail = (
            "Callers are signed in here: send a token of Entra ID in the header Authorization; see docs/sign-in.md."
        )
        return Denied(401, "Nobody is signed in", detail)
    role = role_of(route.method, route.door) if route else None
    if role is not None and role not in principal.roles:
        return _missing(role)
    return _with_tenant(principal, headers.get(TENANT))


def _with_tenant(principal: Principal, tenant: str | None) -> Principal | Denied:
    if tenant is None:
        return principal
    if ADMIN not in principal.roles:
        return _missing(ADMIN, f"to name a tenant with {TENANT}; leave it out, and your own holds")
    if not A_TENANT.fullmatch(tenant):
        return Denied(
            400, "The tenant cannot be used", f"{TENANT} takes 1 to 64 letters, digits, dots, dashes and underscores."
        )
    return replace(principal, tenant=tenant)


def _missing(role: str, purpose: str = "for this request") -> Denied:
    detail = (
        f"You need the role {role!r} {purpose}. Whoever administers the deployment's application in Entra ID assigns "
        "it: see docs/sign-in.md."
    )
    return Denied(403, "A role is missing", detail)


def _signed_in(headers: Mapping[str, str]) -> Principal | None:
    claims = _claims(headers.get(PRINCIPAL, ""))
    id_ = headers.get(ID) or _first(claims, OBJECT_CLAIMS)
    if not id_ or headers.get(PROVIDER, ENTRA_ID) != ENTRA_ID:
        return None
    is_person = bool(_first(claims, SCOPE_CLAIMS))
    roles = frozenset(_all(claims, ROLE_CLAIMS)) & frozenset(ROLES)
    name = printable(headers.get(NAME) or id_, NAME_LENGTH)
    return Principal(id_, name, "user" if is_person else "app", roles, _first(claims, TENANT_CLAIMS))


def _claims(header: str) -> list[tuple[str, str]]:
    """Decode the claims; none of a header that has another form."""
    try:
        data: Any = json.loads(b64decode(header, validate=True))
        return [(str(claim["typ"]), str(claim["val"])) for claim in data["claims"]]
    except (ValueError, KeyError, TypeError):
        return []


def _all(claims: Iterable[tuple[str, str]], names: Iterable[str]) -> list[str]:
    chosen = frozenset(names)
    return [value for name, value in claims if name in chosen]


def _first(claims: Iterable[tuple[str, str]], names: Iterable[str]) -> str:
    return next(iter(_all(claims, names)), "")
