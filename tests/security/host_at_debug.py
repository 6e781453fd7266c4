"""`python -m local.host` with every logger of the process at DEBUG: what it says then, somebody may see one day."""

import logging
import sys

from local.host.__main__ import main

if __name__ == "__main__":
    logging.basicConfig(level=logging.DEBUG, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    sys.exit(main())
