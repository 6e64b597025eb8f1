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


# Run by Python as it starts.
CUSTOMIZE = """
import hfterm.processes
hfterm.processes.numbered_apart = lambda: {apart}
"""


class Machine:
    """A pretended machine: settings as in ``fakenvml.c``, changeable while processes run.

    Its processes are numbered as here; with ``apart`` as outside of a container that we are in.
    """

    def __init__(self, library: Path, file: Path) -> None:
        self.library, self.file, self.apart = library, file, False
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
        folder = self.file.parent / f"apart-{self.apart}"
        folder.mkdir(exist_ok=True)
        (folder / "sitecustomize.py").write_text(CUSTOMIZE.format(apart=self.apart))
        return {"LD_LIBRARY_PATH": str(self.library), "FAKENVML_FILE": str(self.file), "PYTHONPATH": str(folder)}
