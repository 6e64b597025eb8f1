"""Optional libraries: import one, or say exactly how to install it (exit code 5)."""

import importlib
import importlib.machinery
import importlib.util
from types import ModuleType

from hfterm.errors import MissingExtraError


def install_line(extra: str) -> str:
    """The command that installs an extra, quoted for a shell."""
    return f"pip install 'hfterm[{extra}]'"


def require(module: str, extra: str) -> ModuleType:
    """Import ``module``, which the extra ``extra`` installs.

    Raises:
        MissingExtraError: it is not installed (a broken installation keeps its own error).
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as exc:
        if (exc.name or "").split(".")[0] != module.split(".")[0]:
            raise
        raise missing(module, extra) from exc


def check(extra: str, *modules: str) -> None:
    """Fail early, importing nothing, when one of ``modules`` is missing.

    Raises:
        MissingExtraError: names the first missing library and the install line.
    """
    quiet()
    for module in modules:
        if importlib.util.find_spec(module) is None:
            raise missing(module, extra)


def has_pip() -> bool:
    """Whether pip can be run here. setuptools has a finder of its own for that name, which warns: it is not asked."""
    return importlib.machinery.PathFinder.find_spec("pip") is not None


def quiet() -> None:
    """Leave out what libraries say while they are imported and that no user can act on; call it before importing.

    bitsandbytes warns wherever it is installed without a GPU, and PEFT imports it.
    """
    import logging

    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def missing(module: str, extra: str) -> MissingExtraError:
    """The error for a missing library."""
    return MissingExtraError(
        f"this needs {module.split('.')[0]}, which is not installed", f"run: {install_line(extra)}"
    )
