"""`python -m tests.pages.settings_page`: writes `docs/settings.md` from the list of settings that the app reads."""

import sys
from pathlib import Path

from quantum.settings import SETTINGS

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
COMMAND = ".venv/bin/python -m tests.pages.settings_page"
HEADER = "| setting | meaning | default |\n|---|---|---|\n"

BEGIN = f"""\
# Settings

What a deployment can set, as environment variables or app settings. They are read once, when the app starts; a wrong
one stops the start, by its name. This page is written from `SETTINGS` (`quantum/settings.py`) by `{COMMAND}`.

"""


def page() -> str:
    """The whole page."""
    return BEGIN + HEADER + "".join(f"| `{row.name}` | {row.meaning} | {row.default} |\n" for row in SETTINGS)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
