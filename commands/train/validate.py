"""hfterm train validate."""

import click

from hfterm.errors import CheckFailedError
from hfterm.output import Output

from ..options import command


@command()
@click.argument("recipes", nargs=-1, required=True, metavar="RECIPE...", help="Recipe files; - for standard input.")
def cli(out: Output, recipes: tuple[str, ...]) -> None:
    """Check recipes: every problem with its line; exit 6 when there is one.

    Keys, values and PEFT settings are checked against the installed libraries. A model and data on this machine are
    looked for, and the first rows of the data where they can be judged without the model. Nothing is downloaded.

    \b
    Examples:
      hfterm train validate recipe.yaml
      hfterm train validate recipes/*.toml -f quiet
    """
    from hfterm.train.schema import validate
    from hfterm.train.schema.resolve import Resolved

    sound: list[Resolved] = []
    rows = (one.as_dict() for one in validate.check(recipes, out.note, sound))
    found = out.records(rows, key="where", columns=("where", "problem", "hint"))
    for one in sound:
        if one.recipe is not None:
            data = ", ".join(one.recipe.data) if isinstance(one.recipe.data, list) else one.recipe.data
            out.note(f"{one.document.name}: sound: {one.method} of {one.recipe.model} on {data}")
    if found:
        bad = len(recipes) - len(sound)
        of = f"{bad} of {len(recipes)} recipes" if len(recipes) > 1 else recipes[0]
        raise CheckFailedError(f"{of}: {found} problem{'s' if found > 1 else ''}")
