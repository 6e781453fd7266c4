"""Checks that the region offers Flex Consumption, and the redundancy of the app's storage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.hooks.plan import as_code
from local.hooks.report import OK, STOP, UNSURE, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.hooks.azure_cli import AzureCli
    from local.hooks.plan import Plan

NOT_CHOSEN = "AZURE_LOCATION is not set yet: azd asks for it"


def of_the_app(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    """Check that the region offers Flex Consumption."""
    if not plan.location:
        yield Finding(UNSURE, "region", NOT_CHOSEN, "take one of `az functionapp list-flexconsumption-locations`")
        return
    offered = sorted(as_code(row["name"]) for row in az.ask("functionapp", "list-flexconsumption-locations"))
    if plan.location in offered:
        yield Finding(OK, "region", f"{plan.location} offers Flex Consumption")
    else:
        remedy = f"a new environment (`azd env new`) in one of: {', '.join(offered)}"
        yield Finding(STOP, "region", f"{plan.location} does not offer Flex Consumption", remedy)


def of_the_storage(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    """Check that the region offers STORAGE_SKU: not every region has zones."""
    if not plan.location:
        return
    rows = az.read(f"{plan.scope}/providers/Microsoft.Storage/skus?api-version=2023-01-01")["value"]
    offered = {
        row["name"]
        for row in rows
        if row["kind"] == "StorageV2"
        and plan.location in map(as_code, row["locations"])
        and not row.get("restrictions")
    }
    if plan.storage_sku in offered:
        yield Finding(OK, "storage", f"{plan.location} offers {plan.storage_sku}")
    else:
        also = [name for name in ("Standard_ZRS", "Standard_GZRS", "Standard_GRS", "Standard_LRS") if name in offered]
        remedy = (
            f"`azd env set STORAGE_SKU {also[0]}`" if also else "a new environment (`azd env new`) in another region"
        )
        yield Finding(STOP, "storage", f"{plan.location} does not offer {plan.storage_sku}", remedy)
