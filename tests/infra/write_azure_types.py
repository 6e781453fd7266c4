"""`python -m tests.infra.write_azure_types TYPES`: write `azure-types.json` from a clone of Azure/bicep-types-az.

Runs in the environment that reads Bicep, from the root. The table has what Azure publishes of each object that our
templates send: its names, which of them are required, and of what type each is. Objects that we do not send are left
out, so that the table stays small; a test says when it must be written anew.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.infra.bicep_values import body_of, possible
from tests.infra.parse_infra import parse
from tests.infra.templates import ROOT, Templates

TABLE = ROOT / "tests" / "infra" / "azure-types.json"
SOURCE = "https://github.com/Azure/bicep-types-az"
REQUIRED, READ_ONLY = 1, 2  # flags of a property
PLAIN = {"StringType": "string", "IntegerType": "int", "BooleanType": "bool", "AnyType": "any"}

type Shape = dict[str, Any]
type Sent = list[tuple[Any, Any]]  # what our templates send in one place, each with the template that it stands in


@dataclass(frozen=True)
class Clone:
    """A clone of the published types, with or without a work tree."""

    folder: str

    def git(self, *words: str) -> str:
        """Ask git about it."""
        command = ["git", "-C", self.folder, *words]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def bodies(self, names: Iterable[str]) -> Iterator[tuple[str, "Type"]]:
        """Give the body of each of these resource types."""
        files = self.git("ls-tree", "-r", "--name-only", "HEAD", "generated").splitlines()
        for name in names:
            namespace, version = name.partition("/")[0].lower(), name.partition("@")[2]
            yield (
                name,
                next(self._bodies(name, [at for at in files if at.endswith(f"/{namespace}/{version}/types.json")])),
            )

    def _bodies(self, name: str, files: list[str]) -> Iterator["Type"]:
        for path in files:
            types = json.loads(self.git("show", f"HEAD:{path}"))
            for entry in types:
                if entry["$type"] == "ResourceType" and entry["name"].lower() == name.lower():
                    yield Type(types, entry["body"])


class Type:
    """One published type, in the file that its references lead into."""

    def __init__(self, types: list[dict[str, Any]], reference: dict[str, str]) -> None:
        """Follow a reference."""
        self._types = types
        self._is = types[int(reference["$ref"].removeprefix("#/"))]

    def shape(self, sent: Sent) -> Any:
        """Say what of it may be sent, as deep as our templates go."""
        match self._is["$type"]:
            case "ObjectType":
                return self._object(self._is.get("properties", {}), sent)
            case "DiscriminatedObjectType":
                return self._cases(sent)
            case "ArrayType":
                items = [(tree, item) for tree, value in sent if isinstance(value, list) for item in value]
                return {"items": self._of(self._is["itemType"]).shape(resolved(items))} if items else "array"
            case "UnionType":
                return self._union()
            case "StringLiteralType":
                return [self._is["value"]]
            case kind:
                return PLAIN[kind]

    def _of(self, reference: dict[str, str]) -> "Type":
        return Type(self._types, reference)

    def _object(self, properties: dict[str, Any], sent: Sent) -> Any:
        objects = [(tree, value) for tree, value in sent if isinstance(value, dict)]
        if not objects:
            return "object"
        writable = {name: about for name, about in properties.items() if not about["flags"] & READ_ONLY}
        shape: Shape = {"names": {name: self._named(name, about, objects) for name, about in writable.items()}}
        if required := sorted(name for name, about in writable.items() if about["flags"] & REQUIRED):
            shape["required"] = required
        if "additionalProperties" in self._is:
            shape["others"] = True
        return shape

    def _named(self, name: str, about: dict[str, Any], objects: Sent) -> Any:
        return self._of(about["type"]).shape(
            resolved([(tree, entry[name]) for tree, entry in objects if name in entry])
        )

    def _cases(self, sent: Sent) -> Any:
        by, base = self._is["discriminator"], self._is["baseProperties"]
        cases: dict[str, Any] = {}
        for case, reference in self._is["elements"].items():
            ours = [(tree, value) for tree, value in sent if isinstance(value, dict) and value.get(by) == case]
            if ours:
                element = self._of(reference)
                cases[case] = element._object({**base, **element._is["properties"]}, ours)
        return {"by": by, "all": sorted(self._is["elements"]), "cases": cases}

    def _union(self) -> Any:
        parts = [self._of(reference)._is for reference in self._is["elements"]]
        open_ended = any(part["$type"] != "StringLiteralType" for part in parts)
        return "string" if open_ended else sorted(part["value"] for part in parts)


def resolved(sent: Sent) -> Sent:
    """Replace each value by all that it may be."""
    return [(tree, entry) for tree, value in sent for entry in possible(tree, value)]


def write(folder: str) -> None:
    """Write the table."""
    trees = {name: tree for name, tree in parse(ROOT)["parsed"].items() if name.endswith(".bicep")}
    used: dict[str, Sent] = {}
    for resource in Templates(trees).resources():
        used.setdefault(f"{resource.type}@{resource.version}", []).append((trees[resource.file], body_of(resource)))
    clone = Clone(folder)
    types = {name: body.shape(resolved(used[name])) for name, body in clone.bodies(sorted(used))}
    commit, date = clone.git("log", "-1", "--format=%H %cs").split()
    TABLE.write_text(json.dumps({"source": SOURCE, "commit": commit, "date": date, "types": types}, indent=1) + "\n")


if __name__ == "__main__":
    write(str(Path(sys.argv[1]).resolve()))
