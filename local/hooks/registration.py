"""Resource providers: services that a subscription must register before it can create their resources."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from local.hooks.azure_cli import AzureRefusedError
from local.hooks.refusals import in_short
from local.hooks.report import OK, STOP, UNSURE, Finding, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from local.hooks.azure_cli import AzureCli
    from local.hooks.plan import Plan

# Those of the templates, which a test compares, and three that no template names: Flex Consumption runs on
# Microsoft.App; a quantum provider is bought in the marketplace and is a managed application.
ALWAYS = (
    "Microsoft.App",
    "Microsoft.Consumption",
    "Microsoft.EventGrid",
    "Microsoft.Insights",
    "Microsoft.KeyVault",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
    "Microsoft.Quantum",
    "Microsoft.Storage",
    "Microsoft.Web",
)
FOR_PROVIDERS = ("Microsoft.MarketplaceOrdering", "Microsoft.Solutions")
FOR_NETWORK = ("Microsoft.Network",)
FOR_SCHEDULER = ("Microsoft.DurableTask",)
LOOKS, PAUSE = 30, 10.0


def namespaces(plan: Plan) -> list[str]:
    """List the resource providers of this deployment."""
    chosen = [*ALWAYS]
    chosen += FOR_PROVIDERS if not plan.workspace else ()
    chosen += FOR_NETWORK if plan.private else ()
    chosen += FOR_SCHEDULER if plan.scheduler else ()
    return chosen


def registered(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    """Register missing resource providers, and wait until they are registered."""
    missing = _missing(az, plan)
    for namespace in missing:
        say(f"       registering {namespace}, once for the subscription")
        try:
            az.do("provider", "register", "--namespace", namespace)
        except AzureRefusedError as error:
            remedy = f"have an owner of the subscription run `az provider register --namespace {namespace}`"
            yield Finding(STOP, "resource providers", f"{namespace}: {in_short(str(error))}", remedy)
            return
    for look in range(LOOKS):
        if not missing:
            break
        if look:
            say(f"       waiting for {', '.join(missing)} ({look} of {LOOKS})")
            time.sleep(PAUSE)
        missing = _missing(az, plan)
    if missing:
        yield Finding(
            UNSURE, "resource providers", f"still registering: {', '.join(missing)}", "if Azure refuses: again"
        )
    else:
        yield Finding(OK, "resource providers", f"{len(namespaces(plan))} registered")


def _missing(az: AzureCli, plan: Plan) -> list[str]:
    listed = az.read(f"{plan.scope}/providers?api-version=2021-04-01")["value"]
    states = {row["namespace"].lower(): row["registrationState"] for row in listed}
    return [name for name in namespaces(plan) if states.get(name.lower()) != "Registered"]
