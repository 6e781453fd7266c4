"""After azd deployed the code: subscribe the functions to new orders and outputs. Doing it again changes nothing.

azd hands over the outputs of infra/main.bicep as variables. The template looks up the key of the webhook, so
no variable and no output here holds it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from local.hooks.azure_cli import AzureRefusedError
from local.hooks.refusals import in_short, refusal_of
from local.hooks.report import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.hooks.azure_cli import AzureCli

NEEDED = (
    "RESOURCE_GROUP",
    "AZURE_FUNCTION_APP_NAME",
    "AZURE_STORAGE_ACCOUNT_NAME",
    "ORDER_EVENTS_TOPIC",
    "AZURE_SUBSCRIPTION_ID",
)
TRIES, PAUSE = 12, 20.0
PARAMETERS = {  # of infra/app/event-subscriptions.bicep
    "functionAppName": "AZURE_FUNCTION_APP_NAME",
    "storageName": "AZURE_STORAGE_ACCOUNT_NAME",
    "orderEventsTopic": "ORDER_EVENTS_TOPIC",
    "outputEventsTopic": "OUTPUT_EVENTS_TOPIC",  # empty where the workspace existed before
}


def run(az: AzureCli, environ: Mapping[str, str]) -> int:
    """Deploy the subscriptions, repeat while Azure is not ready; return 1 and print the reason if it still refuses."""
    missing = [name for name in NEEDED if not environ.get(name)]
    if missing:
        say(f"{', '.join(missing)} is not set: run this by `azd deploy` or `azd hooks run postdeploy`")
        return 2
    tries, pause = int(environ.get("TRIES") or TRIES), float(environ.get("PAUSE") or PAUSE)
    for count in range(1, tries + 1):
        try:
            _deploy(az, environ)
        except AzureRefusedError as error:
            if not _is_worth_another(str(error), count, tries, pause):
                return 1
            time.sleep(pause)
        else:
            _what_next(environ)
            return 0
    return 1


def _deploy(az: AzureCli, environ: Mapping[str, str]) -> None:
    az.do(
        *("deployment", "group", "create", "--resource-group", environ["RESOURCE_GROUP"]),
        *("--name", "event-subscriptions", "--template-file", "infra/app/event-subscriptions.bicep", "--parameters"),
        *(f"{parameter}={environ.get(variable, '')}" for parameter, variable in PARAMETERS.items()),
    )


def _is_worth_another(text: str, count: int, tries: int, pause: float) -> bool:
    """Report the refusal; one that no row of the table matches is retried like a transient one."""
    refusal = refusal_of(text)
    what = refusal.what if refusal else "Azure refused for an unknown reason"
    passes = refusal is None or refusal.passes
    say(f"try {count} of {tries}: {what}{f': again in {pause:.0f} s' if passes and count < tries else ''}")
    if passes and count < tries:
        return True
    say(f"Azure's words: {in_short(text, 1200)}")
    if refusal:
        say(f"What to do: {refusal.remedy}")
    say("No event subscription was created. Fix it, then `azd hooks run postdeploy`; docs/first-deployment.md, sign 6.")
    return False


def _what_next(environ: Mapping[str, str]) -> None:
    group, app = environ["RESOURCE_GROUP"], environ["AZURE_FUNCTION_APP_NAME"]
    address = environ.get("SERVICE_API_URI") or f"https://{app}.azurewebsites.net"
    say("Subscribed to new orders and outputs.")
    say(f"Function key: az functionapp keys list -g {group} -n {app} --query functionKeys.default -o tsv")
    say(f"Then: qjobs doctor --url {address} --key <function key>")
