"""Leftovers of earlier attempts: a group elsewhere, a deleted vault that reserves a name, a failed deployment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from local.hooks.azure_cli import AzureRefusedError
from local.hooks.plan import as_code
from local.hooks.refusals import in_short, refusal_of
from local.hooks.report import OK, STOP, UNSURE, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from local.hooks.azure_cli import AzureCli
    from local.hooks.plan import Plan

TAG = "azd-env-name"
NOT_THERE = ("ResourceGroupNotFound", "could not be found")


def names(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    """Say whether the group's name is free or ours, and whether a deleted vault is in the way."""
    leftovers = [*_group(az, plan), *_deleted_vaults(az, plan)]
    yield from leftovers or [
        Finding(OK, "names", f"{plan.group} is new or this environment's own; no deleted vault keeps a name")
    ]


def _group(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    try:
        group = az.ask("group", "show", "--name", plan.group)
    except AzureRefusedError as error:
        if not any(words in str(error) for words in NOT_THERE):
            raise
        return
    if plan.location and as_code(group["location"]) != plan.location:
        remedy = f"`azd env set AZURE_LOCATION {group['location']}`, or another name by `azd env new`"
        yield Finding(STOP, "names", f"{plan.group} is there already, in {group['location']}", remedy)
    elif (group.get("tags") or {}).get(TAG) != plan.environment:
        remedy = "`azd down` would remove it with all that is in it: take another name by `azd env new`"
        yield Finding(
            UNSURE, "names", f"{plan.group} was there before, and not made by azd for this environment", remedy
        )


def _deleted_vaults(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    for vault in az.ask("keyvault", "list-deleted", "--resource-type", "vault") or []:
        about = vault["properties"]
        if (about.get("tags") or {}).get(TAG) == plan.environment and as_code(about["location"]) in {"", plan.location}:
            remedy = f"`az keyvault purge --name {vault['name']}`; the next time `azd down --purge`"
            yield Finding(STOP, "names", f"the deleted vault {vault['name']} keeps its name for 7 days", remedy)


def last_deployment(az: AzureCli, plan: Plan) -> Iterator[Finding]:
    """Report why the last attempt of this environment failed, if it did."""
    mine = [row for row in az.ask("deployment", "sub", "list") if (row.get("tags") or {}).get(TAG) == plan.environment]
    if not mine:
        yield Finding(OK, "last deployment", "none yet")
        return
    last = max(mine, key=lambda row: str(row["properties"]["timestamp"]))
    state = last["properties"]["provisioningState"]
    if state != "Failed":
        yield Finding(OK, "last deployment", f"{last['name']}: {state}")
        return
    deployment = az.ask("deployment", "sub", "show", "--name", last["name"])
    for error in reasons(deployment["properties"].get("error")) or [{"code": "Failed", "message": "no reason is kept"}]:
        text = f"{error.get('code')}: {error.get('message')}"
        refusal = refusal_of(text)
        remedy = f"{refusal.what}: {refusal.remedy}" if refusal else "created resources are kept: `azd up` continues"
        yield Finding(UNSURE, "last deployment", f"was stopped by {in_short(text)}", remedy)


def reasons(error: Any) -> list[Mapping[str, Any]]:
    """List the innermost errors, which Resource Manager wraps in one for each module, sometimes as text."""
    if not isinstance(error, dict):
        return []
    inner = [reason for detail in error.get("details") or [] for reason in reasons(detail)]
    message = error.get("message")
    if not inner and isinstance(message, str) and message.lstrip().startswith("{"):
        try:
            inner = reasons(json.loads(message).get("error"))
        except ValueError:
            inner = []
    return inner or [error]
