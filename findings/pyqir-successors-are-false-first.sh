#!/usr/bin/env bash
# pyqir gives the successors of a conditional branch in the order in which LLVM stores them: where it goes on false comes first.
#
# Version: pyqir 0.12.7.  Source: LLVM's own getSuccessor(0) of a conditional branch is where it goes on true
# Expected: br i1 %c, label %yes, label %no has the successors yes, no
# Seen:     no, yes; the operands are c, no, yes
# What we do about it: the emulator's interpreter knows the order (packages/quantum-emulator/quantum_emulator/programs/branching/code.py).
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pyqir==0.12.7
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import pyqir

text = """
define void @main() {
entry:
  br i1 true, label %yes, label %no
yes:
  ret void
no:
  ret void
}
"""
(main,) = pyqir.Module.from_ir(pyqir.Context(), text).functions
branch = main.basic_blocks[0].instructions[-1]
names = [block.name for block in branch.successors]
print(f"{branch}: successors {names}")
assert names == ["no", "yes"], "changed: the order of successors"
PYTHON
