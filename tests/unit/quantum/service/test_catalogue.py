"""The catalogue: what formats, providers and targets there are, the same for the door and the page."""

from quantum.contract.kinds import Limits
from quantum.programs.formats import EXTENSIONS, FORMATS
from quantum.programs.providers import PROVIDERS
from quantum.service.catalogue import catalogue, extensions_of
from tests.support.builders import a_target


def test_the_catalogue_tells_all_rows() -> None:
    """Nothing is left out, and targets are the workspace's own."""
    listed = catalogue(Limits(max_shots=7), [a_target(), a_target(id="acme.qpu", provider="acme")])

    assert [row["format"] for row in listed["formats"]] == [*FORMATS]
    assert [row["id"] for row in listed["providers"]] == [*PROVIDERS]
    assert listed["targets"] == [
        {"id": "ionq.simulator", "formats": ("openqasm2", "openqasm3", "qsharp", "qir.v1", "ionq.circuit.v1")},
        {"id": "acme.qpu", "formats": ()},
    ]
    assert {row["shots"]["max"] for row in listed["providers"]} == {7}


def test_a_format_s_row_says_what_becomes_of_it() -> None:
    """Compiled or passed on, and as what."""
    rows = {row["format"]: row for row in catalogue(Limits(), ())["formats"]}

    assert (rows["qsharp"]["compiled"], rows["qsharp"]["submittedAs"]) == (True, "qir.v1")
    assert rows["rigetti.quil.v1"] == {
        "format": "rigetti.quil.v1",
        "description": "Quil",
        "compiled": False,
        "submittedAs": "rigetti.quil.v1",
        "outputFormat": "rigetti.quil-results.v1",
        "contentType": "text/plain",
        "maxBytes": 4 * 1024 * 1024,
        "extensions": [".quil"],
        "providers": ["rigetti"],
    }


def test_shots_and_parameters_are_told_by_provider() -> None:
    """A solver needs no shots, and a parameter says how it is sent."""
    rows = {row["id"]: row for row in catalogue(Limits(), ())["providers"]}

    assert [family for family, row in rows.items() if not row["shots"]["required"]] == ["microsoft.qio"]
    assert rows["ionq"]["params"][1]["sentAs"] == "noise.model"
    assert rows["rigetti"]["params"][0] | {"description": ""} == {
        "name": "skipQuilc",
        "type": "true or false",
        "description": "",
        "sentAs": "skipQuilc",
    }


def test_every_extension_belongs_to_a_format() -> None:
    """What the blob door knows is told."""
    assert {extension for word in FORMATS for extension in extensions_of(word)} == {*EXTENSIONS}
