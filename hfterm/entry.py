"""The console script (fast paths come with the generated table)."""

import os
import sys


def main() -> None:
    """Run ``hfterm``."""
    from hfterm.cli import run

    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        code = code or 141
    sys.exit(code)
