"""A caller cannot say who it is: the headers of a sign-in that no platform has checked mean nothing."""

import json
from base64 import b64encode

from tests.security.deployment import Deployment, flip

CLAIMED = "somebody-else"


async def test_a_claimed_principal_is_nobody(deployment: Deployment) -> None:
    """An order with the headers of a sign-in belongs to the holder of the key, and the claimed name is in no view."""
    claims = {"auth_typ": "aad", "claims": [{"typ": "roles", "val": "admin"}, {"typ": "oid", "val": CLAIMED}]}
    headers = {
        "x-ms-client-principal": b64encode(json.dumps(claims).encode()).decode(),
        "x-ms-client-principal-id": CLAIMED,
        "x-ms-client-principal-name": CLAIMED,
        "x-ms-client-principal-idp": "aad",
    }
    answer = await deployment.post(flip(), **headers)

    assert answer.status_code == 202
    assert answer.json()["source"]["door"] == "http"
    assert "principal" not in answer.json()["source"]
    assert CLAIMED not in answer.text
