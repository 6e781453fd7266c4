"""Applications that may sign in, and their JSON Web Tokens, signed with a key that the services share."""

import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

AN_HOUR = 3600


class SignInError(Exception):
    """A sign-in that is refused, with the code and the words of Microsoft Entra ID."""

    def __init__(self, status: int, error: str, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.code = status, error, code


@dataclass
class Principal:
    """An application and its secrets, each with its expiry or None; `may_use_vault` is its role in the vault."""

    client_id: str
    secrets: dict[str, datetime | None] = field(repr=False)
    may_use_vault: bool = False


@dataclass
class Directory:
    """One tenant; its tokens last `lifetime` seconds. `sign_ins` counts requests for tokens, by application."""

    tenant_id: str
    token_key: bytes = field(repr=False)
    now: Callable[[], datetime]
    lifetime: int = AN_HOUR
    principals: dict[str, Principal] = field(default_factory=dict)
    sign_ins: dict[str, int] = field(default_factory=dict)

    def add(self, client_id: str, secret: str, *, may_use_vault: bool = False) -> Principal:
        """Register an application with one secret."""
        principal = self.principals[client_id] = Principal(client_id, {secret: None}, may_use_vault)
        return principal

    def sign_in(self, tenant: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Answer a client-credentials grant, or raise SignInError."""
        client = form.get("client_id", "")
        self.sign_ins[client] = self.sign_ins.get(client, 0) + 1
        if tenant != self.tenant_id:
            raise SignInError(400, "invalid_request", 90002, f"Tenant '{tenant}' not found.")
        if form.get("grant_type") != "client_credentials":
            raise SignInError(400, "unsupported_grant_type", 70003, "The grant type is not supported.")
        principal = self.principals.get(client)
        if principal is None:
            raise SignInError(400, "unauthorized_client", 700016, "The application was not found in the directory.")
        self._check(principal, form.get("client_secret", ""))
        audience = form.get("scope", "").removesuffix("/.default")
        return {
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": self._token(client, audience),
        }

    def who(self, header: str, audience: str) -> Principal | None:
        """Return the principal of the token in an Authorization header; None unless it is valid for this audience."""
        word, _, token = header.partition(" ")
        signed, _, signature = token.rpartition(".")
        if word.lower() != "bearer" or not hmac.compare_digest(self._sign(signed).encode(), signature.encode()):
            return None
        claims = json.loads(urlsafe_b64decode(signed.rpartition(".")[2] + "=="))
        good = claims["aud"] == audience and claims["exp"] > self.now().timestamp()
        return self.principals.get(claims["appid"]) if good else None

    def _check(self, principal: Principal, secret: str) -> None:
        offered = secret.encode()
        matching = [text for text in principal.secrets if hmac.compare_digest(text.encode(), offered)]
        if not matching:
            raise SignInError(401, "invalid_client", 7000215, "Invalid client secret provided.")
        ends = principal.secrets[matching[0]]
        if ends and ends <= self.now():
            raise SignInError(401, "invalid_client", 7000222, "The provided client secret keys are expired.")

    def _token(self, client: str, audience: str) -> str:
        now = int(self.now().timestamp())
        claims = {"aud": audience, "appid": client, "tid": self.tenant_id, "iat": now, "exp": now + self.lifetime}
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        signed = ".".join(_plain(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
        return f"{signed}.{self._sign(signed)}"

    def _sign(self, text: str) -> str:
        return _plain(hmac.digest(self.token_key, text.encode(), "sha256"))


def _plain(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
