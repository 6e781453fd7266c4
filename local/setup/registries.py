"""Translates a person's registry settings for pip to uv, which does not read them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SECTIONS = ("global", "install", ":env:")  # later ones win, as in pip
# pip's setting, uv's variable, uv's separator of several values
CARRIED = (
    ("index-url", "UV_DEFAULT_INDEX", None),
    ("extra-index-url", "UV_INDEX", " "),
    ("find-links", "UV_FIND_LINKS", ","),
    ("trusted-host", "UV_INSECURE_HOST", " "),
    ("cert", "SSL_CERT_FILE", None),
    ("proxy", "ALL_PROXY", None),
    ("no-index", "UV_NO_INDEX", None),
)


def parse_pip_settings(listing: str) -> dict[str, str]:
    """Parse the output of `pip config list`: the settings of files and variables, by pip's names."""
    settings: dict[str, str] = {}
    lines = [line.partition("=") for line in listing.splitlines() if "=" in line]
    for section in SECTIONS:
        for name, _, value in lines:
            if name.startswith(section + "."):
                settings[name[len(section) + 1 :]] = str(ast.literal_eval(value))
    return settings


def uv_environ(environ: Mapping[str, str], pip_settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment for uv: the person's settings for uv win, pip's fill the rest."""
    result = dict(environ)
    for word, variable, between in CARRIED:
        values = pip_settings.get(word, "").split()
        if values:
            result.setdefault(variable, between.join(values) if between else values[0])
    if "UV_INDEX" in result:
        # pip takes the best version of all indexes; every file is checked against its pinned hash in any case.
        result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return result
