"""hfterm train audio."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("audio")
def cli(out: Output, **options: Any) -> None:
    """Train a classifier of sounds.

    MODEL is a folder, a Hub id or run:NAME; DATA a folder whose sub-folders are the labels, or records
    with audio (or the path of a sound) and a label. Sounds are resampled for the model.
    Prints the folder of the model (or adapter). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train audio facebook/wav2vec2-base commands/ --eval-split 0.1
      hfterm train audio ./ast calls.parquet --max-seconds 5
    """
    run_method(out, "audio", **options)
