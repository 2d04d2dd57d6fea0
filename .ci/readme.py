"""Print one of the README's two commands, so that what is run is what is written.

python3 .ci/readme.py open|test
"""

import re
import sys
from pathlib import Path


def command(name: str) -> str:
    """The first shell block after the marker `<!-- command: name -->`."""
    text = Path(__file__).parent.parent.joinpath("README.md").read_text("utf-8")
    found = re.search(rf"<!-- command: {name} -->\s*```(?:sh|bash)\n(.*?)```", text, re.S)
    if found is None:
        raise SystemExit(f"README.md has no command {name!r}")
    return found.group(1).strip()


if __name__ == "__main__":
    print(command(sys.argv[1]))
