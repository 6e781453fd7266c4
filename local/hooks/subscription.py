"""The subscription itself: its kind and state, and the rights of whoever is signed in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from local.hooks.report import OK, STOP, UNSURE, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.hooks.azure_cli import AzureCli
    from local.hooks.plan import Plan

# Azure Quantum's documentation names pay-as-you-go and Enterprise Agreement; these have credit and no card behind them.
WITHOUT_PAYMENT = (
    "FreeTrial",
    "AzureForStudents",
    "DreamSpark",
    "AzurePass",
    "AzureInOpen",
    "MSDN",
    "BizSpark",
    "Sponsored",
)
NEEDED = ("Microsoft.Resources/deployments/write", "Microsoft.Authorization/roleAssignments/write")


def kind(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    """Check that the subscription is enabled and can buy from quantum providers."""
    about = az.read(f"{plan.scope}?api-version=2022-12-01")
    name, state = about["displayName"], about["state"]
    policies = about.get("subscriptionPolicies") or {}
    offer = str(policies.get("quotaId", ""))
    if state not in {"Enabled", "Warned"}:
        yield Finding(STOP, "subscription", f"{name} is {state}", "pay what is due, or take another: `azd env new`")
    elif offer.startswith(WITHOUT_PAYMENT) or policies.get("spendingLimit") == "On":
        yield Finding(
            UNSURE,
            "subscription",
            f"{name} is of the kind {offer or 'unknown'}, with a spending limit or no payment behind it",
            "Azure Quantum documents pay-as-you-go and Enterprise Agreement only: the terms may be refused",
        )
    else:
        yield Finding(OK, "subscription", f"{name} ({offer or state})")


def rights(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    """Check that whoever is signed in may deploy and assign roles."""
    answer = az.read(f"{plan.scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01")
    granted: list[Mapping[str, Any]] = answer["value"]
    for action in NEEDED:
        grants = [row for row in granted if allows(row, action)]
        if not grants:
            remedy = (
                "deploy as Owner, or as Contributor and Role Based Access Control Administrator, of the subscription"
            )
            yield Finding(STOP, "roles", f"{action} is not granted to whoever `az login` signed in", remedy)
        elif all(row.get("condition") for row in grants):
            yield Finding(
                UNSURE,
                "roles",
                f"{action} is granted under a condition",
                "the condition must allow the roles of docs/deploy.md, What is created",
            )
        else:
            yield Finding(OK, "roles", f"{action} is granted")


def allows(permission: Mapping[str, Any], action: str) -> bool:
    """Whether one entry of permissions grants an action without excluding it."""
    return _fits(permission.get("actions"), action) and not _fits(permission.get("notActions"), action)


def _fits(patterns: list[str] | None, action: str) -> bool:
    parts = [re.escape(pattern).replace(r"\*", ".*") for pattern in patterns or []]
    return any(re.fullmatch(part, action, re.IGNORECASE) for part in parts)
