"""The client tells OpenQASM 2 from 3 as the deployment does."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantum.programs.openqasm import versions
from quantumjobs.openqasm import language_of
from quantumjobs.programs import read_document

PARTS = (
    *(
        "OPENQASM 2.0;",
        "OPENQASM  3;",
        "OPENQASM/* */2 ;",
        "OPENQASM 4.0;",
        "OPENQASM",
        "// OPENQASM 2.0",
        "\n",
        "\r\n",
    ),
    *("/* ", " */", '"', "'", "#pragma OPENQASM 3.0", "@", ' include "qelib1.inc"; ', " include 'hqslib1.inc';", " "),
    *(
        ' include "stdgates.inc"; ',
        "qreg q[2]; ",
        "creg c [2];",
        "qubit[2] q;",
        " qubit q ;",
        "qubits ;",
        "// ",
        "\ufeff",
    ),
)


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(PARTS), max_size=8).map("".join))
def test_the_client_and_the_deployment_tell_the_same(source: str) -> None:
    """Of whatever is put together, both make the same."""
    assert language_of(source) == versions.language_of(source)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.qasm", "// converted from OPENQASM 2.0\nOPENQASM 3.0;", "openqasm3"),
        ("a.QASM", 'include "qelib1.inc";\nqreg q[1];', "openqasm2"),
        ("a.qasm.txt", "OPENQASM  2.0;", "openqasm2"),
        ("a.qasm", "/*" + "long " * 2000 + "*/ OPENQASM 2.0;", "openqasm2"),
        ("a.qasm", "\ufeffqubit q;", "openqasm3"),
    ],
)
def test_a_file_is_sent_as_what_it_says(tmp_path: Path, name: str, content: str, word: str) -> None:
    """Without a byte order mark, and in the format that its program says."""
    file = tmp_path / name
    file.write_text(content)

    assert read_document(file) == {"input": {"format": word, "text": content.removeprefix("\ufeff")}}
