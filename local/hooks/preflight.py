"""Before azd provisions: check everything that the deployment needs in Azure, and report all faults at once.

It changes nothing except the registration of resource providers, which is free and permanent. A check that cannot run
does not stop the deployment: Azure itself decides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from local.hooks import leftovers, offers, regions, registration, subscription
from local.hooks.azure_cli import AzureRefusedError
from local.hooks.plan import Plan
from local.hooks.refusals import in_short, refusal_of
from local.hooks.report import STOP, UNSURE, Finding, say, show

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from local.hooks.azure_cli import AzureCli

    Check = Callable[[AzureCli, Plan], Iterator[Finding]]

CHECKS: Sequence[tuple[str, Check]] = (
    ("subscription", subscription.kind),
    ("roles", subscription.rights),
    ("resource providers", registration.registered),
    ("region", regions.of_the_app),
    ("storage", regions.of_the_storage),
    ("quantum workspace", offers.workspace),
    ("quantum providers", offers.terms),
    ("names", leftovers.names),
    ("last deployment", leftovers.last_deployment),
)
SWITCH = "DEPLOYMENT_CHECKS"
PAGE = "docs/first-deployment.md says what each sign means."


def run(az: AzureCli, environ: Mapping[str, str]) -> int:
    """Run every check and show each result at once; return 1 where Azure would certainly refuse."""
    if environ.get(SWITCH, "").lower() == "off":
        say(f"{SWITCH} is off: nothing is checked before the deployment")
        return 0
    try:
        signed_in = az.ask("account", "show")
    except AzureRefusedError as error:
        show(_unanswered("sign-in", error, STOP))
        return 1
    plan = Plan.of(environ, signed_in)
    stops = 0
    for name, check in CHECKS:
        for finding in _answers(name, check, az, plan):
            show(finding)
            stops += finding.status == STOP
    if stops:
        say(f"{stops} to fix first; nothing was provisioned. {PAGE}")
        say(f"If a check is wrong: `azd env set {SWITCH} off`, then again.")
    return 1 if stops else 0


def _answers(name: str, check: Check, az: AzureCli, plan: Plan) -> Iterator[Finding]:
    try:
        yield from check(az, plan)
    except AzureRefusedError as error:
        yield _unanswered(name, error, UNSURE)
    except (KeyError, TypeError, AttributeError) as error:
        yield Finding(
            UNSURE, name, f"Azure's answer has another form than expected ({error!r})", "azd goes on without it"
        )


def _unanswered(name: str, error: AzureRefusedError, status: str) -> Finding:
    refusal = refusal_of(str(error))
    text = f"could not be checked: {in_short(str(error))}"
    return Finding(status, name, text, f"{refusal.what}: {refusal.remedy}" if refusal else "")
