"""Azure's refusals, their meaning for this deployment, and the remedies: one table.

Codes and words are those of public sources of 2024 to 2026 (Resource Manager's articles on errors, azd's own table of
suggestions, issues on GitHub); none was observed in Azure by us. Other refusals are shown in Azure's words.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Refusal(NamedTuple):
    """One row: pattern, meaning, remedy, and whether waiting may help."""

    words: str
    what: str
    remedy: str
    passes: bool = False


# The first row that matches counts: specific rows come before general ones.
REFUSALS = (
    Refusal(
        r"az login|AADSTS|No subscription found|SubscriptionNotFound|(?:Invalid|Expired)AuthenticationToken",
        "the Azure CLI is not signed in to this subscription",
        "`az login` (with --tenant, where there are several), then `az account set --subscription <id>`",
    ),
    Refusal(
        r"MarketplacePurchaseEligibilityFailed|MarketplaceOffer|ResourcePurchase|"
        r"terms (?:for|of)[^.]{0,80}(?:have )?not (?:been )?accepted|not accepted[^.]{0,40}(?:legal )?terms",
        "the terms of a quantum provider are not accepted in this subscription, or it may not buy from the marketplace",
        "`az quantum offerings accept-terms -l <QUANTUM_LOCATION> -p <provider> -k <plan>`, or another provider by "
        "QUANTUM_PROVIDERS",
    ),
    Refusal(
        r"LocationNotAvailableForResourceType|LocationNotAvailable|NoRegisteredProviderFound.*location|"
        r"not available (?:for resource type|in (?:the )?(?:region|location))|InvalidLocation|RegionNotSupported",
        "the region does not offer one of the services",
        "`azd env new` with another AZURE_LOCATION; for the workspace `azd env set QUANTUM_LOCATION <region>`",
    ),
    Refusal(
        r"InvalidResourceGroupLocation|InvalidResourceLocation",
        "something of that name is there already, in another region",
        "take its region by `azd env set AZURE_LOCATION <region>`, or another name by `azd env new`",
    ),
    Refusal(
        r"MissingSubscriptionRegistration|NoRegisteredProviderFound",
        "the subscription has not registered a resource provider",
        "`az provider register --namespace <the one named> --wait`, then again",
    ),
    Refusal(
        r"deleted state|soft.?delete|FlagMustBeSetForRestore|recover or purge",
        "a deleted Key Vault still keeps its name",
        "`az keyvault list-deleted`, then `az keyvault purge --name <name>`; or another environment by `azd env new`",
    ),
    Refusal(
        r"StorageAccountAlreadyTaken|VaultAlreadyExists|NameUnavailable|AccountNameInvalid|NameNotAvailable|"
        r"already (?:taken|in use|exists)[^.]{0,60}(?:name|globally)|name[^.]{0,60}already (?:exists|taken|in use)",
        "a name is taken by somebody else",
        "names follow from subscription, environment and region: another environment by `azd env new`",
    ),
    Refusal(
        r"RoleAssignmentExists",
        "the role was assigned before by other means: it holds, but not under the name that the template gives it",
        "delete that assignment (`az role assignment list --all --assignee <identity>`), then again",
    ),
    Refusal(
        r"UnmatchedPrincipalType|PrincipalTypeNotSupported",
        "AZURE_PRINCIPAL_TYPE does not fit who deploys",
        "`azd env set AZURE_PRINCIPAL_TYPE ServicePrincipal` (or User), then again",
    ),
    Refusal(
        r"PrincipalNotFound",
        "the directory does not know the new identity yet",
        "wait a minute, then again",
        passes=True,
    ),
    Refusal(
        r"(?:AuthorizationFailed|does not have (?:authorization|permission))[^}]*roleAssignments?/write|"
        r"roleAssignments?/write[^}]*(?:AuthorizationFailed|does not have)",
        "who deploys may not assign roles",
        "deploy as Owner, or as Contributor and Role Based Access Control Administrator, of the subscription",
    ),
    Refusal(
        r"RequestDisallowedByPolicy",
        "a policy of the organization forbids one of the resources",
        "Azure's message names the policy: ask its owner for an exemption",
    ),
    Refusal(
        r"AuthorizationFailed|LinkedAuthorizationFailed|does not have authorization",
        "who deploys lacks a permission, or has it since a moment ago",
        "deploy as Owner of the subscription; after a role was assigned, wait five minutes",
    ),
    Refusal(
        r"SubscriptionIsOverQuotaForSku|QuotaExceeded|InsufficientQuota|exceed[^.]{0,40}quota",
        "a quota of the subscription is used up in this region",
        "ask for more in the portal (Usage + quotas), or take another region",
    ),
    Refusal(
        r"(?:budget|start ?date)[^.]{0,80}(?:cannot|can't|not)[^.]{0,40}(?:chang|updat|modif|past)",
        "a budget's first day cannot be moved",
        "`azd env set BUDGET_START <the first day that the budget has>`, as docs/deploy.md says",
    ),
    Refusal(
        r"51021|not (?:supported|valid|allowed)[^.]{0,60}[Ff]lex",
        "Flex Consumption refuses one of the app's properties",
        "Azure's message names the property: take it out of infra/app/api.bicep, and report it",
    ),
    Refusal(
        r"InaccessibleStorageException|BlobUploadFailed|AuthorizationPermissionMismatch|required permissions needed",
        "the new role on the storage does not hold yet",
        "wait a minute, then `azd deploy` again",
        passes=True,
    ),
    Refusal(
        r"network rules|AuthorizationFailure|PublicNetworkAccess",
        "the storage is closed to this machine",
        "run this from inside the virtual network, or leave it: the app itself is inside",
    ),
    Refusal(
        r"blobs_extension",
        "the app has no webhook key yet: it has not started with its functions",
        "look at `az functionapp function list` and the app's logs; docs/first-deployment.md, sign 6",
        passes=True,
    ),
    Refusal(
        r"handshake failed|URL validation|Url validation|Destination endpoint not found|did not respond",
        "the app did not answer Event Grid's handshake: no instance was there in time",
        "try again; where it stays so, an instance that is always ready: docs/first-deployment.md, sign 6",
        passes=True,
    ),
    Refusal(
        r"AnotherOperationInProgress|DeploymentActive|Conflict|TooManyRequests|ServiceUnavailable|InternalServerError|"
        r"GatewayTimeout|Timeout|timed out|ResourceNotFound|NotFound",
        "Azure is not ready for it yet",
        "try again",
        passes=True,
    ),
)


def refusal_of(text: str) -> Refusal | None:
    """Find the first row that matches Azure's message; None where none does."""
    return next((row for row in REFUSALS if re.search(row.words, text, re.DOTALL)), None)


def in_short(text: str, longest: int = 300) -> str:
    """Return Azure's own words on one line, shortened."""
    words = " ".join(text.split())
    return words if len(words) <= longest else f"{words[:longest]} …"
