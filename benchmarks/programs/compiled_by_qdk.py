"""Compiles one program as revision eeaa75d did: a process for each, which loads all of qdk, and qdk reads OpenQASM.

It is started with Python's library only (`python -I -S`), and gets where qdk is and the program as JSON on its input.
"""

import json
import os
import resource
import sys


def main() -> None:
    """Load qdk, confine the process, compile, and write the QIR behind its metadata."""
    request = json.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (2 * 2**30, 2 * 2**30))
    sys.path.extend(request["path"])
    import pyqir  # noqa: PLC0415
    import qdk.openqasm  # noqa: PLC0415
    import qdk.qsharp  # noqa: PLC0415

    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_NPROC):
        resource.setrlimit(limit, (0, 0))
    context = qdk.Context(target_profile=qdk.TargetProfile.from_str(request["profile"]))
    assert not qdk.openqasm.semantic.analyze(request["source"]).has_errors
    context.import_openqasm(request["source"], name="program", program_type=qdk.ProgramType.File)
    text = str(context.compile(context.code.qasm_import.program))
    module = pyqir.Module.from_ir(pyqir.Context(), text)
    (entry,) = filter(pyqir.is_entry_point, module.functions)
    header = {"entryPoint": entry.name, "qubits": pyqir.required_num_qubits(entry)}
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + text.encode())
    sys.stdout.buffer.flush()
    os._exit(os.EX_OK)


if __name__ == "__main__":
    main()
