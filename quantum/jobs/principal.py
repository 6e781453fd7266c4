"""Who asks: the principal of a request, its roles and its tenant, and what a job's `source` keeps of them.

A principal comes from App Service authentication, which checks an Entra ID token before the app sees the request.
Without it there is one principal, whoever has the key: `KEY_HOLDER`.
"""

from collections.abc import Mapping
from typing import Literal

from quantum.contract.roles import ADMIN, ROLES
from quantum.wire.records import record

DOORS = ("queue", "blob")  # whoever may write there is known to the storage account alone: the door is the principal
OWNER = ("principal", "principalName", "tenant")


@record
class Principal:
    """A caller: its id, a name for people, its roles, and the tenant that its work counts for.

    `kind` is `key` for the holder of a key, `user` for a person, `app` for an application with
    an identity, and `anonymous` for nobody.
    """

    id: str
    name: str
    kind: Literal["key", "user", "app", "anonymous"]
    roles: frozenset[str]
    tenant: str = ""

    def source(self, door: str) -> dict[str, str]:
        """Return what is kept with work that the principal starts at a door; a key alone adds nothing."""
        facts = {"door": door, "tenant": self.tenant}
        if self.kind != "key":
            facts |= {"principal": self.id, "principalName": self.name}
        return {name: text for name, text in facts.items() if text}

    def may_stop(self, source: Mapping[str, str]) -> bool:
        """Say whether the principal may stop work: its own, what came without a principal, or any as an admin."""
        return ADMIN in self.roles or source.get("principal", self.id) in {self.id, *DOORS}


def owner_in(source: Mapping[str, str]) -> dict[str, str]:
    """Return what a `source` says of the principal, for work that is started on its behalf."""
    door = {"principal": source["door"]} if source["door"] in DOORS else {}
    return door | {name: source[name] for name in OWNER if name in source}


def starter_of(source: Mapping[str, str]) -> str:
    """Return the id of who started work: where it has no principal, the door `queue` or `blob`, else `key`."""
    return source.get("principal") or (source["door"] if source["door"] in DOORS else KEY_HOLDER.id)


KEY_HOLDER = Principal("key", "key", "key", frozenset(ROLES))
