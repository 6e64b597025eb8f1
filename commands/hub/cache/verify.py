"""hfterm hub cache verify."""

import click

from hfterm.errors import CheckFailedError, NotFoundError
from hfterm.output import Output
from hfterm.progress import Progress

from ...options import command
from ._words import SHOW, type_option, words_argument


@command(progress=True)
@words_argument
@type_option
@click.option("--fix", is_flag=True, help="Remove what is damaged, so that the next download gets it.")
@click.option("--hub/--no-hub", default=True, help="Ask the Hub for listings that are not kept. [default: yes]")
def cli(out: Output, words: tuple[str, ...], kind: str | None, fix: bool, hub: bool) -> None:
    """Check cached files against their hashes.

    Every content is hashed, links are followed, revisions are held against their listings. Exits 6 when
    something is damaged. Files that were never downloaded count as missing, not as damage.

    \b
    Examples:
      hfterm hub cache verify
      hfterm hub cache verify org/name --fix
      hfterm hub cache verify -f jsonl | jq -r 'select(.problems != []).ref'
    """
    from hfterm.batch import Batch
    from hfterm.hub.cache import scan, verify
    from hfterm.hub.cache.choose import Chosen, Words
    from hfterm.hub.client import offline

    chosen = [one for one in Words(words, kind).choose() if isinstance(one.entry, scan.CachedRepo)]
    if words and not chosen:
        raise NotFoundError("no cached repository passes the filters", "see: hfterm hub cache ls")
    ask = verify.listings(online=hub and not offline(), note=out.warn)
    bad: list[str] = []
    repairs = Batch("repositories", "repaired")
    with Progress(out).task("hashing", sum(map(verify.amount, chosen)), "B") as task:

        def one(this: Chosen) -> dict[str, object]:
            report = verify.check(this, ask, task.advance)
            bad.extend(f"{problem.path}: {problem.what}, {problem.found}" for problem in report.problems)
            if fix and report.problems:
                list(repairs.each([report], verify.repair, name=lambda r: r.repo.ref))
            return report.record()

        columns = ("ref", "state", "files", "size", "missing", "unknown", "removed")
        out.records(map(one, chosen), key="ref", columns=columns, show=SHOW, empty="nothing is cached")
    for line in bad:
        out.note(line)
    repairs.finish()
    if bad:
        hint = "what was damaged is removed: get it again" if fix else "add --fix to remove it, then get it again"
        raise CheckFailedError(f"{len(bad)} {'file is' if len(bad) == 1 else 'files are'} damaged", hint)
