"""An adapter's settings as PEFT's own object, and what PEFT passed over when it read them."""

import warnings
from pathlib import Path
from typing import Any

from hfterm.errors import HftermError, UsageError, one_line


def peft_config(adapter: Path) -> Any:
    """The settings of an adapter's folder.

    Raises:
        UsageError: this PEFT does not know all of them: what it does not know it would leave out. HftermError.
    """
    import peft

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            found = peft.PeftConfig.from_pretrained(str(adapter), local_files_only=True)
        except Exception as exc:  # whatever damaged settings make of the library
            raise HftermError(f"cannot read the settings of {str(adapter)!r}: {one_line(exc)[:200]}") from exc
    for one in told:
        if "nexpected keyword" in str(one.message):
            raise UsageError(
                f"PEFT {peft.__version__} does not know all of {str(adapter)!r} ({one_line(one.message)[:200]})",
                "install a newer PEFT",
            )
    return found
