"""Blob paths fit what they fit in Azure."""

import pytest

from functions_host.blob_pattern import BlobPattern
from functions_host.settings import SettingError


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        ("orders/{name}", "a/b.qasm", {"name": "a/b.qasm"}),
        ("orders/{target}/{name}.{kind}", "ionq/bell.qasm", {"target": "ionq", "name": "bell", "kind": "qasm"}),
        ("orders/in/{name}", "out/bell", None),
        ("orders/in/bell.qasm", "in/bell.qasm", {}),
        ("orders", "anything", {"name": "anything"}),
        ("orders/{name}.(1)", "bell.(1)", {"name": "bell"}),
    ],
)
def test_a_path_reads_its_parameters(path: str, name: str, expected: dict[str, str] | None) -> None:
    """A blob's name that fits gives the path's parameters."""
    assert BlobPattern.parse(path).match(name) == expected


def test_only_what_can_fit_is_listed() -> None:
    """The prefix is all that stands before the first parameter."""
    pattern = BlobPattern.parse("orders/in/{name}.qasm")

    assert (pattern.container, pattern.prefix) == ("orders", "in/")


@pytest.mark.parametrize("path", ["{container}/{name}", "orders/{name", "orders/name}"])
def test_a_path_that_cannot_be_served_is_refused(path: str) -> None:
    """A container that is a parameter, and braces that do not match, stop the start-up."""
    with pytest.raises(SettingError):
        BlobPattern.parse(path)
