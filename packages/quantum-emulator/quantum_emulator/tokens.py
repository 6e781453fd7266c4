"""Bearer tokens instead of a key: signed by a sign-in with a shared key, for this service, and not expired."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime

AUDIENCE = "https://quantum.microsoft.com"


def is_good(header: str, key: str, now: datetime) -> bool:
    """Whether an Authorization header has a valid token (HS256) for a workspace."""
    word, _, token = header.partition(" ")
    signed, _, signature = token.rpartition(".")
    expected = urlsafe_b64encode(hmac.digest(key.encode(), signed.encode(), "sha256")).decode().rstrip("=")
    if word.lower() != "bearer" or not hmac.compare_digest(expected.encode(), signature.encode()):
        return False
    claims = json.loads(urlsafe_b64decode(signed.rpartition(".")[2] + "=="))
    return bool(claims["aud"] == AUDIENCE and claims["exp"] > now.timestamp())
