"""Compile the stand-in for NVIDIA's management library and point processes at it."""

import os
import shutil
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("fakenvml.c")


def build(folder: Path, *, old_driver: bool = False) -> Path:
    """Compile ``libnvidia-ml.so.1`` into ``folder``; return the folder.

    Raises:
        RuntimeError: there is no C compiler, or it fails.
    """
    compiler = shutil.which(os.environ.get("CC", "cc")) or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise RuntimeError("the GPU tests need a C compiler: install gcc (apt-get install gcc libc6-dev)")
    folder.mkdir(parents=True, exist_ok=True)
    flags = ["-DOLD_DRIVER"] if old_driver else []
    target = folder / "libnvidia-ml.so.1"
    command = [compiler, "-O1", "-Wall", "-Werror=implicit", "-shared", "-fPIC", *flags, "-o", str(target), str(SOURCE)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed; install gcc and libc6-dev\n{done.stderr}")
    return folder


class Machine:
    """A pretended machine: settings as in ``fakenvml.c``, changeable while processes run."""

    def __init__(self, library: Path, file: Path) -> None:
        self.library, self.file = library, file
        self.set()

    def set(self, **settings: object) -> "Machine":
        """Pretend exactly this: ``set(gpus=8, used="100,2000")``."""
        temporary = self.file.with_suffix(".new")
        temporary.write_text("".join(f"FAKENVML_{k.upper()}={v}\n" for k, v in settings.items()))
        temporary.replace(self.file)
        return self

    @property
    def env(self) -> dict[str, str]:
        """What a process needs to see this machine."""
        return {"LD_LIBRARY_PATH": str(self.library), "FAKENVML_FILE": str(self.file)}
