"""Azure Quantum: whether the region has it and the providers asked for, and whether their terms are accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from local.hooks.azure_cli import AzureRefusedError
from local.hooks.plan import as_code
from local.hooks.refusals import in_short
from local.hooks.report import OK, STOP, UNSURE, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.hooks.azure_cli import AzureCli
    from local.hooks.plan import Plan

QUANTUM = "2025-12-15-preview"  # of infra/app/quantum.bicep
NO_TERMS = {"", "N/A"}  # in place of publisher and offer, for an offer that is not sold


def workspace(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    """Check that the region offers workspaces, or that the named workspace can be read."""
    name = "quantum workspace"
    if plan.workspace:
        try:
            az.read(f"{plan.workspace}?api-version={QUANTUM}")
        except AzureRefusedError as error:
            remedy = "QUANTUM_WORKSPACE_ID must be the resource id of a workspace that you may assign roles on"
            yield Finding(STOP, name, f"{plan.workspace} cannot be read: {in_short(str(error))}", remedy)
        else:
            yield Finding(OK, name, "the one that QUANTUM_WORKSPACE_ID names is there")
        return
    types = az.read(f"{plan.scope}/providers/Microsoft.Quantum?api-version=2021-04-01")["resourceTypes"]
    offered = sorted(
        as_code(region) for row in types if row["resourceType"].lower() == "workspaces" for region in row["locations"]
    )
    if plan.quantum_location in offered:
        yield Finding(OK, name, f"{plan.quantum_location} offers Azure Quantum")
    else:
        remedy = f"`azd env set QUANTUM_LOCATION <one of {', '.join(offered)}>`"
        yield Finding(STOP, name, f"{plan.quantum_location} does not offer Azure Quantum", remedy)


def terms(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    """Check for each provider that the region has its plan and the subscription has accepted its terms."""
    if plan.workspace:
        return
    if plan.providers is None:
        shape = '\'[{"providerId": "rigetti", "providerSku": "azure-basic-qvm-only-unlimited"}]\''
        yield Finding(
            STOP, "quantum providers", "QUANTUM_PROVIDERS is not a list", f"azd env set QUANTUM_PROVIDERS {shape}"
        )
        return
    path = f"{plan.scope}/providers/Microsoft.Quantum/locations/{plan.quantum_location}/offerings?api-version={QUANTUM}"
    offerings = {row["id"].lower(): row["properties"] for row in az.read(path)["value"]}
    for provider in plan.providers:
        yield _terms_of(az, plan, provider, offerings)


def _terms_of(az: AzureCli, plan: Plan, provider: Mapping[str, str], offerings: Mapping[str, Any]) -> Finding:
    identity, sku, region = provider["providerId"], provider["providerSku"], plan.quantum_location
    name = f"quantum provider {identity}"
    offering = offerings.get(identity.lower())
    if offering is None:
        return Finding(STOP, name, f"not offered in {region}", f"one of: {', '.join(sorted(offerings))}")
    plans = [row["id"] for row in offering["skus"]]
    if sku not in plans:
        return Finding(STOP, name, f"has no plan {sku} in {region}", f"one of: {', '.join(plans)}")
    application = offering.get("managedApplication") or {}
    publisher, offer = application.get("publisherId") or "", application.get("offerId") or ""
    if {publisher, offer} & NO_TERMS:
        return Finding(OK, name, f"{sku} has no terms to accept")
    accept = f"az quantum offerings accept-terms -l {region} -p {identity} -k {sku}"
    agreement = (
        f"{plan.scope}/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine/publishers/{publisher}"
        f"/offers/{offer}/plans/{sku}/agreements/current?api-version=2021-01-01"
    )
    try:
        accepted = az.read(agreement)["properties"].get("accepted")
    except AzureRefusedError as error:
        return Finding(UNSURE, name, f"its terms cannot be read: {in_short(str(error))}", f"`{accept}`")
    if accepted:
        return Finding(OK, name, f"the terms of {sku} are accepted")
    return Finding(
        STOP, name, f"the terms of {sku} are not accepted, which free plans need too", f"read them, then `{accept}`"
    )
