"""What a host process prints of its log: all that the app logs from INFO on, and of everybody else warnings alone.

Core Tools shows an app's `logging.info`, too. Libraries write a line for each of their requests at that level, and
the host one for each invocation: those are for `--verbose`.
"""

import logging
import sysconfig
from pathlib import Path

FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_OWN = ("functions_host", "embedded_server")
# What they would write is expensive to make, so they must not even begin.
_COSTLY = ("azure", "azure_functions_runtime", "azure_functions_durable")


def show(*, verbose: bool) -> None:
    """Print the log of this process on its standard error."""
    logging.basicConfig(level=logging.INFO, format=FORMAT)
    if not verbose:
        for handler in logging.getLogger().handlers:
            handler.addFilter(OfTheApp())
        for name in _COSTLY:
            logging.getLogger(name).setLevel(logging.WARNING)
    # Of an answer that is no XML it writes a traceback each time; who reads the queue says what it means.
    logging.getLogger("azure.storage.queue").setLevel(logging.ERROR)


class OfTheApp(logging.Filter):
    """Lets warnings pass, and below them only lines that neither a library nor the host has written."""

    def __init__(self) -> None:
        super().__init__()
        paths = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
        self._libraries = tuple(f"{Path(path)}/" for path in paths)

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the line is shown."""
        if record.levelno >= logging.WARNING:
            return True
        is_ours = record.name.partition(".")[0] in _OWN
        return not is_ours and not record.pathname.startswith(self._libraries)
