"""hfterm train clm."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("clm")
def cli(out: Output, **options: Any) -> None:
    """Pretrain a language model on plain text.

    MODEL is a folder, a Hub id or run:NAME; DATA text files, records with text, or with token ids
    (input_ids), as 'tok pack' writes Parquet. The texts follow one another, each with its end token, and
    are cut into blocks of --max-length. A model folder without weights, or --from-scratch, begins with random ones.
    Prints the folder of the model (or adapter). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train clm gpt2 book.txt --eval-split 0.05
      hfterm train clm ./config-and-tokenizer corpus/*.txt --learning-rate 5e-4
    """
    run_method(out, "clm", **options)
