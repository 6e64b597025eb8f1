"""hfterm train kto."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("kto")
def cli(out: Output, **options: Any) -> None:
    """Tune a language model by answers marked good or bad (KTO).

    MODEL is a folder, a Hub id or run:NAME; DATA a file of records, a file on the Hub, or - for standard
    input: prompt, completion and label (true or false), or messages and label; a record with chosen and
    rejected counts as one of each. Prints the folder of the adapter (or model).

    \b
    Examples:
      hfterm train kto ./model judged.jsonl --name kept
      hfterm train kto ./model judged.jsonl --undesirable-weight 3
    """
    run_method(out, "kto", **options)
