"""Files themselves: ``/ID/resolve/REVISION/PATH``, by GET and HEAD, whole or in part."""

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from hfterm.hub.share import ranges
from hfterm.hub.share.context import Asked
from hfterm.hub.share.names import check_path
from hfterm.hub.share.reading import at
from hfterm.hub.share.refusal import Refusal, bad, no_entry
from hfterm.hub.share.sending import Content, Download
from hfterm.hub.share.tree import Entry, find

# Endings shown as text; everything else is for saving, so that no page of ours runs a script of theirs.
TEXT = {"json", "md", "txt", "py", "jsonl", "yaml", "yml", "csv", "tsv", "toml", "cfg", "ini", "gitattributes", "jinja"}


def resolve(asked: Asked) -> Response:
    """One file at a revision."""
    if len(asked.rest) < 2:
        raise bad("a revision and a path are needed")
    repo, commit = at(asked, asked.rest[0])
    path = "/".join(asked.rest[1:])
    try:
        entry = find(repo.folders, commit.tree, check_path(path))
    except Refusal:
        entry = None
    if entry is None or entry.folder:
        exc = no_entry(path, commit.id)
        if repo.partial(commit.id):
            exc.headers["X-Hfterm-Partial"] = "true"
            exc.message += " (or was never downloaded to this Hub)"
        raise exc
    etag = entry.sha256 or entry.oid
    headers = {
        "X-Repo-Commit": commit.id,
        "ETag": f'"{etag}"',
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(path.rpartition('/')[2], safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Vary": "Authorization",
    }
    if entry.sha256:
        headers |= {"X-Linked-ETag": f'"{etag}"', "X-Linked-Size": str(entry.size)}
    suffix = path.rpartition(".")[2].lower()
    headers["Content-Type"] = "text/plain; charset=utf-8" if suffix in TEXT else "application/octet-stream"
    xet = asked.share.store.xet
    if xet is not None and entry.sha256 and (found := xet.hash_of(entry.sha256)):
        route = f"{asked.base}/api/{asked.kind}s/{asked.repo_id}/xet-read-token/{commit.id}"
        headers |= {"X-Xet-Hash": found, "X-Xet-Refresh-Route": route, "Link": f'<{route}>; rel="xet-auth"'}
    if ranges.unchanged(asked.headers, etag):
        return Response(status_code=304, headers=headers)
    content = repo.content(commit, path, entry) or _from_xet(xet, entry)
    part = ranges.wanted(asked.headers, entry.size, etag)
    if part is None:
        return Download(content, 0, entry.size, status=200, headers=headers)
    start, end = part
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{entry.size}"
    return Download(content, start, end, status=206, headers=headers)


def _from_xet(xet: Any, entry: Entry) -> Content:
    from hfterm.hub.share.xet_reader import XetContent

    return XetContent(xet.reader, xet.hash_of(entry.sha256), entry.size)
