"""Whether a process holds a GPU: what tells it from another that merely has the number a driver names.

In a container a driver may name processes by their numbers on the machine, which here belong to others or to
nobody. Whoever uses a GPU has one of its device files open or mapped. Source: proc(5), /proc/PID/fd and maps.
"""

import os
from collections.abc import Sequence

# NVIDIA's, AMD's compute and rendering, and Windows' (WSL).
DEVICE_FILES = ("/dev/nvidia", "/dev/kfd", "/dev/dri/renderD", "/dev/dxg")


def holds_gpu(pid: int, files: Sequence[str] = DEVICE_FILES) -> bool | None:
    """Whether process ``pid`` has a file open or mapped whose path begins like one of ``files``.

    None: it cannot be told, for lack of permission or of /proc.
    """
    begins = tuple(files)
    try:
        with os.scandir(f"/proc/{pid}/fd") as entries:
            if any(_target(entry.path).startswith(begins) for entry in entries):
                return True
        with open(f"/proc/{pid}/maps", "rb") as stream:
            # Six columns, the path last.
            paths = (line.split(None, 5)[5:] for line in stream)
            return any(os.fsdecode(found[0]).startswith(begins) for found in paths if found)
    except FileNotFoundError:
        return False if os.path.isdir("/proc/self/fd") else None
    except OSError:
        return None


def _target(link: str) -> str:
    try:
        return os.readlink(link)
    except OSError:  # closed meanwhile
        return ""
