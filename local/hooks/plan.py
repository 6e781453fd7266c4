"""The deployment that azd is about to make, read from its environment; names as in infra/main.bicep."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

INFRA = Path(__file__).resolve().parents[2] / "infra"
# The template's defaults for unset variables; a test compares them.
QUANTUM_LOCATION = "eastus"
PROVIDERS = ({"providerId": "rigetti", "providerSku": "azure-basic-qvm-only-unlimited"},)
STORAGE_SKU = "Standard_ZRS"


class Plan(NamedTuple):
    """The deployment to come; `location` is empty where azd has not asked for it yet."""

    environment: str
    subscription: str
    location: str
    quantum_location: str
    providers: tuple[Mapping[str, str], ...] | None
    workspace: str
    storage_sku: str
    private: bool
    scheduler: bool

    @classmethod
    def of(cls, environ: Mapping[str, str], signed_in: Mapping[str, Any]) -> Plan:
        """Read azd's variables; the subscription is the signed-in one where azd has none yet."""
        return cls(
            environment=environ.get("AZURE_ENV_NAME", ""),
            subscription=environ.get("AZURE_SUBSCRIPTION_ID") or str(signed_in["id"]),
            location=as_code(environ.get("AZURE_LOCATION", "")),
            quantum_location=as_code(environ.get("QUANTUM_LOCATION") or QUANTUM_LOCATION),
            providers=_providers(environ.get("QUANTUM_PROVIDERS", "")),
            workspace=environ.get("QUANTUM_WORKSPACE_ID", ""),
            storage_sku=environ.get("STORAGE_SKU") or STORAGE_SKU,
            private=environ.get("VNET_ENABLED", "").lower() == "true",
            scheduler=environ.get("DURABLE_BACKEND") == "DurableTaskScheduler",
        )

    @property
    def scope(self) -> str:
        """The subscription's resource id."""
        return f"/subscriptions/{self.subscription}"

    @property
    def group(self) -> str:
        """The resource group of the deployment."""
        prefixes = json.loads((INFRA / "abbreviations.json").read_text(encoding="utf-8"))
        return f"{prefixes['resourcesResourceGroups']}{self.environment}"


def as_code(region: str) -> str:
    """Write a region as its code: `East US` and `eastus` are the same."""
    return region.replace(" ", "").lower()


def _providers(text: str) -> tuple[Mapping[str, str], ...] | None:
    """Read the list; None where it is not one."""
    if not text.strip():
        return PROVIDERS
    try:
        listed = json.loads(text)
    except ValueError:
        return None
    well = isinstance(listed, list) and all(
        isinstance(row, dict) and {"providerId", "providerSku"} <= row.keys() for row in listed
    )
    return tuple(listed) if well else None
