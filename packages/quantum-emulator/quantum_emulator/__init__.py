"""An Azure Quantum workspace on this machine: its REST data plane, with jobs that are really executed.

It imports nothing of the rest of this repository: it is a witness of what the app does, not an accomplice.
"""

__version__ = "0.1.0"
