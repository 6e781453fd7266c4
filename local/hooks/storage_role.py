"""After azd provisioned a new app: wait until its role on the storage holds, so that the first package gets through.

The platform writes the package with the app's identity, whose role is only seconds old (Azure/azure-dev#8026).
Nobody else can test that role. So this reads its age, and tests another one, the witness: the deployer's role, which
the same template assigns on the same account. A deployment that has a package already does not wait.
"""

from __future__ import annotations

import calendar
import re
import time
from typing import TYPE_CHECKING, NamedTuple

from local.hooks.azure_cli import AzureRefusedError
from local.hooks.refusals import in_short
from local.hooks.report import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from local.hooks.azure_cli import AzureCli

NEEDED = ("RESOURCE_GROUP", "AZURE_FUNCTION_APP_NAME", "AZURE_STORAGE_ACCOUNT_NAME", "AZURE_SUBSCRIPTION_ID")
PACKAGES = "app-package"  # of infra/app/storage.bicep
ROLE = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"  # Storage Blob Data Owner, of infra/app/rbac.bicep
LONGEST, PAUSE = 300.0, 10.0
OLD_ENOUGH = 90.0  # seconds; in the report of #8026 it took about 60
CLOSED = re.compile(
    r"network rules|AuthorizationFailure|PublicNetworkAccess|public access is not permitted", re.IGNORECASE
)
AGAIN = "If azd still reports InaccessibleStorageException (403): `azd deploy` again after a minute."


class Look(NamedTuple):
    """The result of one check; `witness` and `age` are None where they cannot be read."""

    packaged: bool
    witness: bool | None
    age: float | None
    words: str

    @property
    def is_enough(self) -> bool:
        """Whether the app's role can be relied on."""
        return self.packaged or (self.witness is not False and self.age is not None and self.age >= OLD_ENOUGH)


def run(az: AzureCli, environ: Mapping[str, str]) -> int:
    """Wait until the role holds, at most ROLE_SECONDS; azd continues in any case."""
    missing = [name for name in NEEDED if not environ.get(name)]
    if missing:
        say(f"{', '.join(missing)} is not set: run this by `azd provision` or `azd hooks run postprovision`")
        return 2
    longest = float(environ.get("ROLE_SECONDS") or LONGEST)
    pause = float(environ.get("PAUSE") or PAUSE)
    began = time.monotonic()
    look = examine(az, environ)
    while not look.is_enough and time.monotonic() - began < longest:
        waited = time.monotonic() - began
        say(f"the app's role on its storage is new: {look.words}; waited {waited:.0f} of {longest:.0f} s")
        time.sleep(pause)
        look = examine(az, environ)
    say(_conclusion(look))
    return 0


def _conclusion(look: Look) -> str:
    if look.packaged:
        return "The app has a package: its role is effective."
    if look.is_enough:
        return f"The app's role on its storage is effective: {look.words}. {AGAIN}"
    return f"The app's role on its storage may not be effective yet: {look.words}. {AGAIN}"


def examine(az: AzureCli, environ: Mapping[str, str]) -> Look:
    """Check once the container of packages and the age of the app's role."""
    packaged, witness, words = _container(az, environ)
    if packaged:
        return Look(packaged=True, witness=True, age=None, words=words)
    age, about_age = _age(az, environ)
    return Look(packaged=False, witness=witness, age=age, words=f"{words}; {about_age}")


def _container(az: AzureCli, environ: Mapping[str, str]) -> tuple[bool, bool | None, str]:
    account = environ["AZURE_STORAGE_ACCOUNT_NAME"]
    where = ["--account-name", account, "--container-name", PACKAGES, "--auth-mode", "login", "--num-results", "1"]
    try:
        blobs = az.ask("storage", "blob", "list", *where)
    except AzureRefusedError as error:
        if CLOSED.search(str(error)):
            return False, None, "its storage is closed to this machine"
        return False, False, f"yours is refused ({in_short(str(error), 80)})"
    return bool(blobs), True, "yours holds"


def _age(az: AzureCli, environ: Mapping[str, str]) -> tuple[float | None, str]:
    group, app = environ["RESOURCE_GROUP"], environ["AZURE_FUNCTION_APP_NAME"]
    scope = (
        f"/subscriptions/{environ['AZURE_SUBSCRIPTION_ID']}/resourceGroups/{group}"
        f"/providers/Microsoft.Storage/storageAccounts/{environ['AZURE_STORAGE_ACCOUNT_NAME']}"
    )
    try:
        identities = az.ask("functionapp", "identity", "show", "--resource-group", group, "--name", app)
        principals = {row["principalId"] for row in (identities.get("userAssignedIdentities") or {}).values()}
        assigned = az.read(f"{scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01")["value"]
        times = [
            row["properties"]["createdOn"]
            for row in assigned
            if row["properties"]["principalId"] in principals and row["properties"]["roleDefinitionId"].endswith(ROLE)
        ]
    except (AzureRefusedError, KeyError, TypeError, AttributeError) as error:
        return None, f"the app's cannot be read ({in_short(str(error), 80)})"
    if not times:
        return None, "the app's is not assigned: `azd provision` again"
    age = time.time() - _moment(max(times))
    return age, f"the app's is {age:.0f} s old"


def _moment(text: str) -> float:
    """Read Azure's time, whose fractions have more digits than an old Python reads."""
    return float(calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")))
