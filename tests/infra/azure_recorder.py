"""An `az` for tests: answers as Azure does, in turn where it is asked again, and keeps what it was asked.

The shapes are those of Resource Manager's REST reference and of the Azure CLI; the refusals are worded as in
public reports. Nothing here was recorded in Azure.
"""

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
PROGRAM = """#!{python} -SEs
import json, pathlib, sys
folder = pathlib.Path(__file__).parent
asked = folder / "asked"
line = " ".join(sys.argv[1:])
before = asked.read_text().splitlines() if asked.exists() else []
asked.write_text("".join(each + "\\n" for each in [*before, line]))
for words, answers in json.loads((folder / "answers").read_text()):
    if words in line:
        count = sum(words in each for each in before)
        answer = answers[min(count, len(answers) - 1)]
        print(answer.get("error", ""), end="", file=sys.stderr)
        print(json.dumps(answer.get("says")) if "says" in answer else "", end="")
        sys.exit(1 if "error" in answer else 0)
print("ERROR: the stand-in knows no answer to: " + line, file=sys.stderr)
sys.exit(3)
"""

type Answer = dict[str, Any]


def says(document: object) -> Answer:
    """Answer with a document."""
    return {"says": document}


def refuses(text: str) -> Answer:
    """Fail with Azure's words."""
    return {"error": f"ERROR: {text}"}


class Recorder:
    """A folder for PATH that holds the stand-in; `answer` says how it answers what."""

    def __init__(self, folder: Path, answers: Mapping[str, Sequence[Answer]]) -> None:
        """Put the stand-in into a folder; the first words that a command contains decide the answer."""
        self.folder = folder
        self._answers = dict(answers)
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "az"
        program.write_text(PROGRAM.format(python=sys.executable))
        program.chmod(0o755)
        self._write()

    def answer(self, words: str, *answers: Answer) -> None:
        """Answer a command that contains these words so, one after the other, the last one for ever."""
        self._answers = {words: answers, **{key: value for key, value in self._answers.items() if key != words}}
        self._write()

    def _write(self) -> None:
        (self.folder / "answers").write_text(json.dumps(list(self._answers.items())))

    @property
    def calls(self) -> list[str]:
        """What it was asked, in order."""
        record = self.folder / "asked"
        return record.read_text().splitlines() if record.exists() else []

    @property
    def changes(self) -> list[str]:
        """Of what it was asked, the commands that change something in Azure."""
        verbs = ("register", "create", "set", "delete", "purge", "accept", "update", "upload")
        return [line for line in self.calls if any(f" {verb} " in f" {line} " for verb in verbs)]


def namespace(name: str, state: str = "Registered") -> dict[str, str]:
    """Describe one resource provider of the subscription."""
    return {"namespace": name, "registrationState": state}


NAMESPACES = [
    "Microsoft.App",
    "Microsoft.Consumption",
    "Microsoft.EventGrid",
    "microsoft.insights",
    "Microsoft.KeyVault",
    "Microsoft.Web",
    "Microsoft.ManagedIdentity",
    "Microsoft.OperationalInsights",
    "Microsoft.Quantum",
    "Microsoft.Storage",
    "Microsoft.Solutions",
    "Microsoft.MarketplaceOrdering",
    "Microsoft.Network",
    "Microsoft.DurableTask",
]
RIGETTI = {
    "id": "rigetti",
    "properties": {
        "managedApplication": {"publisherId": "rigetticoinc", "offerId": "rigetti-aq"},
        "skus": [{"id": "azure-basic-qvm-only-unlimited"}, {"id": "azure-quantum-credits"}],
    },
}
MICROSOFT = {
    "id": "microsoft-qc",
    "properties": {"managedApplication": {"publisherId": "N/A", "offerId": "N/A"}, "skus": [{"id": "learn"}]},
}
# A subscription in which the first `azd up` goes through.
READY: dict[str, Sequence[Answer]] = {
    "account show": [says({"id": SUBSCRIPTION, "name": "Pay", "state": "Enabled"})],
    f"/subscriptions/{SUBSCRIPTION}?": [
        says(
            {
                "displayName": "Pay",
                "state": "Enabled",
                "subscriptionPolicies": {"quotaId": "PayAsYouGo_2014-09-01", "spendingLimit": "Off"},
            }
        )
    ],
    "Microsoft.Authorization/permissions": [says({"value": [{"actions": ["*"], "notActions": []}]})],
    "providers?api-version": [says({"value": [namespace(name) for name in NAMESPACES]})],
    "list-flexconsumption-locations": [says([{"name": "northeurope"}, {"name": "East US"}])],
    "Microsoft.Storage/skus": [
        says(
            {
                "value": [
                    {"name": name, "kind": "StorageV2", "locations": ["northeurope"], "restrictions": []}
                    for name in ("Standard_LRS", "Standard_ZRS", "Standard_GRS")
                ]
            }
        )
    ],
    "offerings?": [says({"value": [RIGETTI, MICROSOFT]})],
    "agreements/current": [says({"properties": {"accepted": True}})],
    "Microsoft.Quantum?": [
        says({"resourceTypes": [{"resourceType": "Workspaces", "locations": ["East US", "West Europe"]}]})
    ],
    "group show": [refuses("(ResourceGroupNotFound) Resource group 'rg-demo' could not be found.")],
    "keyvault list-deleted": [says([])],
    "deployment sub list": [says([])],
}
