"""What concerns time, hardware and files: left out with a note where that changes nothing, refused where it might."""

from quantum.programs.openqasm import syntax
from quantum.programs.openqasm.lowering.context import Context
from quantum.programs.openqasm.lowering.refusals import RefusedError

KNOWN_FILES = ("qelib1.inc", "stdgates.inc", "hqslib1.inc")
NOTES = {
    "delay": "delays are left out: targets schedule by themselves",
    "duration": "durations of gates are left out: targets schedule by themselves",
    "pragma": "pragmas are left out",
    "annotation": "annotations are left out",
    "cal": "calibrations are left out: targets have their own",
    "defcal": "calibrations are left out: targets have their own",
    "defcalgrammar": "calibrations are left out: targets have their own",
}
MEANINGFUL = ("unitary", "noise")


def include(context: Context, statement: syntax.Include) -> None:
    """Take the files that everyone has; nobody can know what another holds."""
    name = statement.file.replace("\\", "/").rpartition("/")[2]
    if name not in KNOWN_FILES:
        raise RefusedError(
            f"{statement.file!r} is a file that only you have: write what it holds in place of this line "
            f"(known are {', '.join(KNOWN_FILES)})",
            statement.at,
        )
    context.files.add(name)


def aside(context: Context, statement: syntax.Aside) -> None:
    """Leave out what changes no outcome."""
    if statement.word == "extern":
        context.externs.append(statement.text)
        return
    if statement.word == "pragma":
        _pragma(statement)
    if statement.word in NOTES:
        context.note(statement.word, NOTES[statement.word], statement.at)


def _pragma(statement: syntax.Aside) -> None:
    words = statement.text.replace("(", " ").split()
    if "braket" in words[:2]:
        for word in MEANINGFUL:
            if word in words[:3]:
                raise RefusedError(
                    f"a pragma of Braket's, {word!r}, changes what the program does: write it as gates", statement.at
                )


def box(context: Context, statement: syntax.Block) -> None:
    """Say that a box is read as a plain block."""
    context.note("box", "boxes are read as plain blocks: their timing is left out", statement.at)
