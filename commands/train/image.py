"""hfterm train image."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("image")
def cli(out: Output, **options: Any) -> None:
    """Train a classifier of images.

    MODEL is a folder, a Hub id or run:NAME; DATA a folder whose sub-folders are the labels, or records
    with an image (or the path of one) and a label.
    Prints the folder of the model (or adapter). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train image google/vit-base-patch16-224 photos/ --eval-split 0.1
      hfterm train image ./vit train.parquet --eval-data test.parquet --augment
    """
    run_method(out, "image", **options)
