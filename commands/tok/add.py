"""hfterm tok add."""

import click

from hfterm.output import Output

from ..options import command, overwrite_option
from ._options import tokenizer_of


@command()
@click.argument("model", help="Whose tokenizer: a folder, Hub id or run:NAME.")
@click.argument("tokens", nargs=-1, metavar="[TOKEN]...", help="Plain tokens: each is one id from now on.")
@click.option("-o", "--output", metavar="DIR", required=True, help="Folder to write.")
@click.option(
    "--special", metavar="TOKENS", multiple=True, help="Special tokens, by commas; ROLE=TOKEN gives a role. Repeat."
)
@overwrite_option
def cli(
    out: Output, model: str, tokens: tuple[str, ...], output: str, special: tuple[str, ...], overwrite: bool
) -> None:
    """Add tokens to a copy of a tokenizer.

    Roles are unk, cls, sep, pad, mask, bos, eos. The copy has no weights: a model that is to use it needs
    as many rows of embeddings as the tokenizer now has tokens. Prints the folder.

    \b
    Examples:
      hfterm tok add ./model --special 'pad=<|pad|>,<|tool|>' -o tok
      hfterm tok add ./model lighthouse harbour -o tok
    """
    tokenizer = tokenizer_of(out, model)
    from hfterm.tok.add import add

    added = add(tokenizer, tokens, output, special_tokens=special, overwrite=overwrite)
    if added.known:
        out.warn(f"already in the vocabulary: {' '.join(added.known)}")
    out.note(f"{len(added.new)} new tokens, {added.vocabulary} in all")
    out.artifact(added.path, **added.facts())
