"""The fields of a workspace: in a caller's request, and in an operator's setting WORKSPACES."""

import re
from typing import Annotated, Any

from quantum.contract.fields import OR_NULL, REQUIRED, Missing, Table, table_of
from quantum.contract.kinds import Limits, Schema, pattern_schema
from quantum.contract.orders import WORKSPACE
from quantum.contract.texts import Form, Printable, Unchecked
from quantum.wire.records import record

DEFAULT = "default"  # the deployment's own workspace
MAX_SECRET = 512

GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
LOCATION = re.compile(r"[a-z0-9]{2,40}(?:-v2)?", re.ASCII)
RESOURCE_ID = re.compile(
    r"/subscriptions/(?P<subscription_id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"/resourceGroups/(?P<resource_group>[\w.()-]{1,90})"
    r"/providers/Microsoft\.Quantum/Workspaces/(?P<name>[\w-]{1,64})",
    re.ASCII | re.IGNORECASE,
)
RESOURCE_FORM = "/subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Quantum/Workspaces/<name>"

A_RESOURCE = Form(RESOURCE_ID, f"must read {RESOURCE_FORM}")
A_GUID = Form(GUID, f"must be a GUID such as {'0' * 8}-0000-0000-0000-{'0' * 12}")
A_REGION = "the region, such as `eastus`; or `endpoint` in its place"
AN_ADDRESS = "the address of the data plane, in place of `location`"


@record
class OwnName:
    """A name for another workspace than the deployment's own."""

    def fault(self, value: Any, limits: Limits) -> str | None:  # noqa: ARG002
        """Validate a value, and return the reason for a fault."""
        if value == DEFAULT:
            return "is the name of the deployment's own workspace, which the settings AZURE_QUANTUM_… describe"
        fits = isinstance(value, str) and WORKSPACE.fullmatch(value)
        return None if fits else "must be 1 to 40 small letters, digits and hyphens, such as chem-lab"

    def schema(self, limits: Limits) -> Schema:  # noqa: ARG002
        """Describe valid values as JSON Schema."""
        return {"type": "string", "not": {"const": DEFAULT}} | pattern_schema(WORKSPACE)


@record
class Registration:
    """A workspace of the caller's own, and the application that may use it."""

    name: Annotated[str, OwnName(), "the name that orders use; without one, the name of the resource"]
    resource_id: Annotated[
        str, A_RESOURCE, f"`{RESOURCE_FORM}`", Missing(f"is missing; it reads {RESOURCE_FORM}"), REQUIRED
    ]
    location: Annotated[str | None, Unchecked(pattern=LOCATION), A_REGION, OR_NULL]
    endpoint: Annotated[str | None, Unchecked(), AN_ADDRESS, OR_NULL]
    tenant_id: Annotated[str, A_GUID, "the tenant of the application", REQUIRED]
    client_id: Annotated[str, A_GUID, "the application", REQUIRED]
    client_secret: Annotated[str, Printable(MAX_SECRET), "its secret, which goes to the vault", REQUIRED]


@record
class CredentialSetting:
    """A credential as an operator describes it; `quantum.workspaces.profiles` says which kind has which fields."""

    kind: Annotated[str, Unchecked(), "how to sign in", REQUIRED]
    tenant_id: Annotated[str | None, A_GUID, "the tenant of the application"]
    client_id: Annotated[str | None, A_GUID, "the application or the managed identity"]
    secret: Annotated[str | None, Unchecked(), "the name of a secret in the vault"]
    token_file: Annotated[str | None, Unchecked(), "the file with the federated token"]


@record
class ProfileSetting:
    """A workspace as an operator describes it."""

    resource_id: Annotated[
        str, A_RESOURCE, f"`{RESOURCE_FORM}`", Missing(f"is missing; it reads {RESOURCE_FORM}"), REQUIRED
    ]
    location: Annotated[str | None, Unchecked(pattern=LOCATION), A_REGION, OR_NULL]
    endpoint: Annotated[str | None, Unchecked(), AN_ADDRESS, OR_NULL]
    credential: Annotated[dict[str, Any], Unchecked(), "who the app is towards the workspace"]


REGISTRATION: Table = table_of(Registration)
PROFILE: Table = table_of(ProfileSetting)
CREDENTIAL: Table = table_of(CredentialSetting)
