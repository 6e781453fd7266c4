"""An Azure Quantum workspace on this machine: its REST data plane, with jobs that are really executed.

It imports nothing else of this repository, so that tests of the app can rely on it as an independent witness.
"""

__version__ = "0.1.0"
