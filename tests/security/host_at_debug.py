"""`functions-host` with every logger of the process at DEBUG: what it says then, somebody may see one day.

A stand-in is in the compiler's place, of whose languages only OpenQASM 2 is not the real one.
"""

import logging
import sys
from pathlib import Path

from functions_host.__main__ import main
from quantum.adapters import compiler
from tests.support.stand_in_compiler import command

if __name__ == "__main__":
    compiler.TEMPLATE = command(Path(sys.argv[sys.argv.index("--state") + 1]) / "compilers")
    logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    sys.exit(main())
