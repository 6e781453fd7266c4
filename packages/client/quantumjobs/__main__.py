"""Runs the `qjobs` command as `python -m quantumjobs`."""

import sys

from quantumjobs.cli.main import main

sys.exit(main())
