"""hfterm tok info."""

import click

from hfterm.output import Output

from ..options import command
from ._options import tokenizer_of


@command()
@click.argument("model", required=False, help="A folder, Hub id or run:NAME. [default: the setting 'model']")
def cli(out: Output, model: str | None) -> None:
    """Show what a tokenizer is made of.

    Its model and vocabulary, special tokens, the steps before and after, the chat template, the longest text,
    and a hash: tokenizers with the same one give the same ids.

    \b
    Examples:
      hfterm tok info ./model
      hfterm tok info HuggingFaceTB/SmolLM2-135M-Instruct -f json | jq .vocabulary
    """
    tokenizer = tokenizer_of(out, model, "name a MODEL")
    from hfterm.tok.inspect import info

    out.record(info(tokenizer), key="path", show={"special": _roles})


def _roles(special: dict[str, str]) -> str:
    return " ".join(f"{role.removesuffix('_token')}={token}" for role, token in special.items())
