"""`python parse_infra.py ROOT`: the Bicep and YAML files as their parsers give them, as one JSON document.

Runs in the environment that has pycep and PyYAML. A file that cannot be parsed is named with the reason.
"""

import json
import sys
from pathlib import Path
from typing import Any

import yaml
from lark.exceptions import LarkError
from pycep import BicepParser

BICEP = BicepParser()
FOLDERS = ("infra", ".github")


def parse(root: Path) -> dict[str, Any]:
    """Parse all of them, by their paths from the root."""
    files = [path for folder in FOLDERS for path in (root / folder).rglob("*.*")]
    parsed, broken = {}, {}
    for path in sorted([root / "azure.yaml", *files]):
        name = path.relative_to(root).as_posix()
        try:
            if path.suffix == ".bicep":
                parsed[name] = BICEP.parse(file_path=path)
            elif path.suffix in {".yml", ".yaml"}:
                parsed[name] = yaml.safe_load(path.read_text())
        except (LarkError, yaml.YAMLError, ValueError) as error:
            broken[name] = f"{type(error).__name__}: {error}"
    return {"parsed": parsed, "broken": broken}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(parse(Path(sys.argv[1]).resolve()), default=str))
