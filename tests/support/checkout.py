"""A copy of the working tree as a fresh clone would be, with what is not committed yet."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def copy(folder: Path) -> Path:
    """Copy every tracked and untracked (not ignored) file into ``folder``."""
    names = subprocess.check_output(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT)
    there = [name for name in names.decode().split("\0") if name and (ROOT / name).exists()]
    for name in there:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / name).read_bytes())
        target.chmod((ROOT / name).stat().st_mode)
    return folder
