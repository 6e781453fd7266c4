"""The table from Azure's words to ours: the examples are worded as in public reports and articles."""

import pytest

from local.hooks.refusals import REFUSALS, in_short, refusal_of

EXAMPLES = {
    "not signed in": "AADSTS700082: The refresh token has expired due to inactivity.",
    "terms of a quantum provider": "ResourcePurchaseValidationFailed: You have not accepted the legal terms on this "
    "subscription",
    "the region does not offer": "LocationNotAvailableForResourceType: The provided location 'x' is not available for "
    "resource type 'Microsoft.Quantum/workspaces'.",
    "already, in another region": "InvalidResourceGroupLocation: The group already exists in location 'westus'.",
    "registered a resource provider": "MissingSubscriptionRegistration: The subscription is not registered to use "
    "namespace 'Microsoft.App'.",
    "a deleted Key Vault": "ConflictError: A vault with the same name already exists in deleted state.",
    "taken by somebody else": "StorageAccountAlreadyTaken: The storage account named st1 is already taken.",
    "assigned before by other means": "RoleAssignmentExists: The role assignment already exists.",
    "AZURE_PRINCIPAL_TYPE": "UnmatchedPrincipalType: The PrincipalId has type 'ServicePrincipal', which is different "
    "from the specified type 'User'.",
    "does not know the new identity": "PrincipalNotFound: Principal abc does not exist in the directory def.",
    "may not assign roles": "AuthorizationFailed: The client 'x' does not have permission to perform action "
    "'Microsoft.Authorization/roleAssignments/write' at scope '/subscriptions/1'.",
    "a policy of the organization": "RequestDisallowedByPolicy: Resource 'st1' was disallowed by policy.",
    "lacks a permission": "AuthorizationFailed: The client does not have authorization to perform action "
    "'Microsoft.Web/sites/write'.",
    "a quota": "SubscriptionIsOverQuotaForSku: This region has quota of 0 instances for your subscription.",
    "a budget's first day": "BadRequest: Budget start date cannot be updated.",
    "Flex Consumption refuses": "BadRequest 51021: Site.SiteConfig.FtpsState is not valid for Flex Consumption sites.",
    "does not hold yet": "InaccessibleStorageException: Failed to access storage account for deployment: "
    "BlobUploadFailedException: 403",
    "is closed to this machine": "The request may be blocked by network rules of storage account.",
    "no webhook key yet": "property 'blobs_extension' doesn't exist, available properties are ''",
    "Event Grid's handshake": "Webhook validation handshake failed for https://x",
    "not ready for it yet": "TooManyRequests: try later",
}


@pytest.mark.parametrize("sign", EXAMPLES)
def test_a_refusal_is_known_for_what_it_is(sign: str) -> None:
    """Which it is, and what to do."""
    refusal = refusal_of(EXAMPLES[sign])

    assert refusal is not None
    assert sign in refusal.what
    assert refusal.remedy


def test_every_row_has_an_example() -> None:
    """A row that nothing reaches is dead."""
    assert {refusal_of(text) for text in EXAMPLES.values()} == set(REFUSALS)


def test_words_that_no_row_knows_stay_azures_own() -> None:
    """Better no translation than a wrong one."""
    assert refusal_of("Operation of the third kind") is None
    assert in_short("a  b\nc") == "a b c"
    assert in_short("x" * 9, longest=4) == "xxxx …"
