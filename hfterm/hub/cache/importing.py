"""Import into the user's cache, whatever the source is."""

from collections.abc import Callable, Iterable, Iterator

from hfterm.errors import HftermError, PartlyDoneError, UsageError
from hfterm.hub.cache import archive, bring, layout
from hfterm.hub.cache.choose import Words
from hfterm.hub.cache.erase import problem
from hfterm.hub.cache.store import Store, Taken


def run(
    source: str,
    words: Iterable[str] = (),
    *,
    name: str | None = None,
    kind: str | None = None,
    revision: str | None = None,
    link: bool | None = None,
    overwrite: bool = False,
    dry: bool = False,
    advance: Callable[[int], None] = lambda count: None,
    note: Callable[[str], None] = lambda text: None,
) -> Iterator[Taken]:
    """Import a cache, an archive of one, or (with ``name``) a folder of files; a report a repository.

    ``link``: by hard links, where the disk is the same (default: from caches, not from folders of files).

    Raises:
        UsageError, NotFoundError, HftermError. PartlyDoneError, at the end: contents were damaged, and left out.
    """
    what, where = bring.kind_of(source)
    chosen = Words(words, kind)
    if what != "folder" and (name or revision):
        raise UsageError(f"{source!r} is a cache: its repositories have names", "leave out --as and --revision")
    if what == "folder" and not name:
        raise UsageError(f"{source!r} is no Hub cache", "give a folder of files a name: --as org/name")
    if what != "cache" and (chosen.names or chosen.filters):
        raise UsageError("names and filters go with a cache only", f"leave out {(*chosen.names, '...')[0]!r}")
    store = Store(
        layout.root("hub"),
        link=what != "folder" if link is None else link,
        dry=dry,
        overwrite=overwrite,
        advance=advance,
    )
    wrong: list[str] = []
    with store.open():
        try:
            for taken in _sources(what, where, store, chosen, name, kind, revision, note):
                wrong += [f"{taken.ref} {value}" for value in taken.wrong]
                yield taken
        except OSError as exc:
            raise problem(exc, str(exc.filename or store.root)) from exc
    if wrong:
        listed = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")
        raise PartlyDoneError(
            f"{len(wrong)} contents are damaged in {source!r} and were left out: {listed}", failed=tuple(wrong)
        )


def _sources(
    what: str,
    where: str,
    store: Store,
    words: Words,
    name: str | None,
    kind: str | None,
    revision: str | None,
    note: Callable[[str], None],
) -> Iterator[Taken]:
    if what == "archive":
        yield from archive.from_archive(store, where, note)
    elif what == "cache":
        yield from bring.from_cache(store, where, words, note)
    else:
        from hfterm.hub.client import repo

        named = repo(name or "", kind, revision)
        if named.path:
            raise HftermError(f"{name!r} names a file, not a repository")
        yield bring.from_folder(store, where, named.id, named.type, named.revision or "main")
