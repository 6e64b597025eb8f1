"""Recipe files checked whole: every problem of each, one after another."""

from collections.abc import Iterable, Iterator, Sequence

from hfterm.errors import HftermError
from hfterm.train.schema import document, names, sources
from hfterm.train.schema.document import BadDocument
from hfterm.train.schema.resolve import Finding, Resolved, resolve
from hfterm.train.schema.stored import Say


def load(
    name: str, settings: Iterable[tuple[str, str]] = (), option: str = "--set", say: Say | None = None
) -> Resolved:
    """The recipe in the file ``name`` (``-``: standard input), with ``settings`` (key, text) over it.

    Raises:
        NotFoundError, AccessError: there is no such file, or it is not ours. BadDocument: it is no recipe.
        MissingExtraError: the libraries of ``train`` are missing.
    """
    return resolve(names.overridden(document.read(name), settings, option), say)


def check(files: Sequence[str], say: Say | None = None, sound: list[Resolved] | None = None) -> Iterator[Finding]:
    """All that is wrong with the recipes; those without a fault are put into ``sound``.

    The model and the data are looked for too, and the first rows of the data. Of several files one that cannot be
    read is a finding.

    Raises:
        NotFoundError, AccessError: the only file cannot be read.
        MissingExtraError: the libraries of ``train`` are missing.
    """
    for name in files:
        try:
            found = load(name, say=say)
        except BadDocument as exc:
            yield Finding(exc.name, exc.line, None, exc.problem, exc.hint)
            continue
        except HftermError as exc:
            if exc.exit_code == 5 or len(files) == 1:
                raise
            yield Finding(name, None, None, exc.message, exc.hint)
            continue
        if found.partial is not None:
            for key, problem, hint in sources.look(found.partial):
                found.add((key,), problem, hint)
        if not found.findings and sound is not None:
            sound.append(found)
        yield from found.in_order()
