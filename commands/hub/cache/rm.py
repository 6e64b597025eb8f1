"""hfterm hub cache rm."""

from hfterm.output import Output
from hfterm.text import human_bytes

from ...options import command, dry_run_option, yes_option
from ._words import SHOW, confirm, piped, say_of_use, type_option, words_argument


@command()
@words_argument
@type_option
@yes_option
@dry_run_option
def cli(out: Output, words: tuple[str, ...], kind: str | None, yes: bool, dry_run: bool) -> None:
    """Remove repositories, revisions or files from the caches.

    Asks first. Prints the bytes that this freed: none for what a hard link or another revision keeps. What
    another process downloads stays. See 'hfterm hub cache ls --help' for filters.

    \b
    Examples:
      hfterm hub cache rm org/name datasets/org/data
      hfterm hub cache rm org/name@v1 hf://org/name/big.bin
      hfterm hub cache rm 'unused>90d' 'size>1GB' -n
    """
    from hfterm.batch import Batch
    from hfterm.hub.cache import remove
    from hfterm.hub.cache.choose import Words

    asked = Words(piped(words), kind)
    say_of_use(out, asked)
    chosen = asked.choose()
    if not chosen:
        out.note("nothing in the caches passes the filters")
        return
    planned = [remove.record(one) for one in chosen]
    if dry_run:
        out.records(planned, key="ref", show=SHOW, columns=("ref", "type", "bytes", "path"))
        out.note(f"would free {human_bytes(remove.expected(*chosen))}")
        return
    size = human_bytes(remove.expected(*chosen))
    names = ", ".join(row["ref"] for row in planned[:5]) + (f" and {len(chosen) - 5} more" if len(chosen) > 5 else "")
    if not confirm(f"Remove {names} ({size})?", "removing from the cache", yes):
        out.note("nothing was removed")
        return
    batch = Batch("entries", "removed")
    out.records(batch.each(chosen, remove.remove, name=lambda one: one.ref), key="ref", show=SHOW)
    batch.finish()
