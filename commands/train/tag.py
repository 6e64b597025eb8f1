"""hfterm train tag."""

from typing import Any

from hfterm.output import Output

from ..options import command
from ._method import method_options, run_method


@command(progress=True)
@method_options("tag")
def cli(out: Output, **options: Any) -> None:
    """Train a tagger of words: names, parts of speech.

    MODEL is a folder, a Hub id or run:NAME; DATA records with tokens (or words) and tags (or ner_tags):
    a tag for each word. The first token of a word learns its tag.
    Prints the folder of the model (or adapter). The run's name works as a reference: run:NAME.

    \b
    Examples:
      hfterm train tag bert-base-cased conll.jsonl --eval-split 0.1
      hfterm train tag ./bert pos.jsonl --metric accuracy
    """
    run_method(out, "tag", **options)
