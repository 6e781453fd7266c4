"""What qdk's parser needs before it is imported: it would tell its makers of its use."""

import os

os.environ["QDK_PYTHON_TELEMETRY"] = "none"
