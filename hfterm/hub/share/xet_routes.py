"""The Xet protocol: tokens, xorbs and shards in, parts of files out.

Format: xet-core's ``openapi/cas.openapi.yaml``, version 1 of each route. What is answered with 404 (version 2,
upload grants, questions for chunks of others) makes the client go on without.
"""

import time
from typing import Any
from urllib.parse import quote

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from hfterm.hub.share import ranges
from hfterm.hub.share.context import Asked, Share
from hfterm.hub.share.names import number
from hfterm.hub.share.refusal import Refusal, bad, no_route
from hfterm.hub.share.sending import Content, Download
from hfterm.hub.share.writing import repo_of
from hfterm.hub.share.xet_format import BadFormat, ShardFile, Term, shard_files
from hfterm.hub.share.xet_store import SHARD_BYTES, XetStore

TOKEN_SECONDS = 6 * 3600
PIECE = 2**20
# Verifying a file makes this server ask itself, so it must never take all the threads.
_verifiers: list[CapacityLimiter] = []


def xet_of(share: Share) -> XetStore:
    """The Xet part of the store.

    Raises:
        Refusal: 404, there is none.
    """
    if share.store.xet is None:
        raise Refusal(404, "this server has no Xet store: set HF_HUB_DISABLE_XET=1 on the client", "XetNotServed")
    return share.store.xet


# --- tokens, on the Hub's own addresses ---------------------------------------------------------


def read_token(asked: Asked) -> Response:
    """What opens the Xet store for reading."""
    asked.repo()
    return _token(asked, "read")


def write_token(asked: Asked) -> Response:
    """What opens the Xet store for writing."""
    repo_of(asked)
    return _token(asked, "write")


def make_token(share: Share, scope: str) -> tuple[str, int]:
    """A token for the Xet store, and when it expires (unix seconds)."""
    expires = int(time.time()) + TOKEN_SECONDS
    return f"{scope}.{expires}.{share.signer.mac('xet', scope, expires)}", expires


def _token(asked: Asked, scope: str) -> Response:
    xet = xet_of(asked.share)
    token, expires = make_token(asked.share, scope)
    address = f"{asked.base}/_xet/{xet.identity}"
    headers = {
        "X-Xet-Cas-Url": address,
        "X-Xet-Access-Token": token,
        "X-Xet-Token-Expiration": str(expires),
        "Cache-Control": "no-store",
    }
    return JSONResponse({"casUrl": address, "accessToken": token, "exp": expires}, headers=headers)


def _check(asked: Asked, scope: str) -> XetStore:
    found, _, rest = asked.headers.get("authorization", "").partition(" ")[2].partition(".")
    text, _, mac = rest.partition(".")
    expires = number(text)
    if expires is None or not asked.share.signer.same(mac, "xet", found, expires) or expires < time.time():
        raise Refusal(401, "the Xet token is wrong or too old")
    if scope == "write" and found != "write":
        raise Refusal(403, "the Xet token may only read")
    return xet_of(asked.share)


# --- the store itself, under /_xet/IDENTITY/ ----------------------------------------------------


async def route(asked: Asked) -> Response:
    """Any request under ``/_xet/``."""
    xet = xet_of(asked.share)
    match (asked.method, *asked.rest):
        case ("GET", identity, "v1", "reconstructions", name) if identity == xet.identity:
            return await run_in_threadpool(parts, asked, name)
        case ("GET", identity, "xorb", name) if identity == xet.identity:
            return await run_in_threadpool(xorb, asked, name)
        case ("POST", identity, "v1", "xorbs", "default", name) if identity == xet.identity:
            return await put_xorb(asked, name)
        case ("POST", identity, "v1", "shards") if identity == xet.identity:
            return await put_shard(asked)
    raise no_route(asked.method, asked.raw)


def parts(asked: Asked, name: str) -> Response:
    """Which chunks make (a range of) a file, and where to get them."""
    xet = _check(asked, "read")
    file = xet.file(name)
    asked_for = ranges.wanted(asked.headers, file.size, name)
    start, end = asked_for if asked_for is not None else (0, file.size)
    return JSONResponse(reconstruction(asked, xet, file, start, end))


def reconstruction(asked: Asked, xet: XetStore, file: ShardFile, start: int, end: int) -> dict[str, Any]:
    """The answer for the bytes from ``start`` to before ``end``: whole chunks that cover them."""
    terms: list[dict[str, Any]] = []
    fetch: dict[str, list[tuple[int, int]]] = {}
    skip: int | None = None
    at = 0
    for term in file.terms:
        before, at = at, at + term.unpacked
        if at <= start or before >= end:
            continue
        chunks = xet.chunks(term.xorb)
        base = chunks.unpacked[term.start] - before
        first, last = term.start, term.end
        while chunks.unpacked[first + 1] - base <= start:
            first += 1
        while chunks.unpacked[last - 1] - base >= end:
            last -= 1
        if skip is None:
            skip = max(start - (chunks.unpacked[first] - base), 0)
        cut = Term(term.xorb, first, last, chunks.unpacked[last] - chunks.unpacked[first])
        terms.append({"hash": cut.xorb, "unpacked_length": cut.unpacked, "range": {"start": first, "end": last}})
        fetch.setdefault(cut.xorb, []).append((first, last))
    return {
        "offset_into_first_range": skip or 0,
        "terms": terms,
        "fetch_info": {name: _fetches(asked, xet, name, spans) for name, spans in fetch.items()},
    }


def _fetches(asked: Asked, xet: XetStore, name: str, spans: list[tuple[int, int]]) -> list[dict[str, Any]]:
    """Where to get a xorb's chunks: no chunk twice, for the client takes two ranges of one start for the same."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    packed = xet.chunks(name).packed
    url = f"{asked.base}/_xet/{quote(xet.identity)}/xorb/{name}?{asked.share.signer.sign('xorb', name)}"
    return [
        {
            "range": {"start": first, "end": last},
            "url": url,
            "url_range": {"start": packed[first], "end": packed[last] - 1},
        }
        for first, last in merged
    ]


def xorb(asked: Asked, name: str) -> Response:
    """A range of a xorb, by a signed address."""
    asked.share.signer.check(asked.query, "xorb", name)
    path = xet_of(asked.share).xorb_path(name)
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise Refusal(404, f"no such xorb: {name}") from None
    headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", "ETag": f'"{name}"'}
    part = ranges.wanted(asked.headers, size, name)
    if part is None:
        return Download(Content(path), 0, size, status=200, headers=headers)
    headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
    return Download(Content(path), *part, status=206, headers=headers)


async def put_xorb(asked: Asked, name: str) -> Response:
    """Take chunks in."""
    incoming = _check(asked, "write").receive(name)
    await run_in_threadpool(incoming.__enter__)
    try:
        held = bytearray()
        async for piece in asked.body.pieces():
            held += piece
            if len(held) >= PIECE:
                await run_in_threadpool(incoming.write, bytes(held))
                held.clear()
        await run_in_threadpool(incoming.write, bytes(held))
        inserted = await run_in_threadpool(incoming.keep)
    finally:
        await run_in_threadpool(incoming.__exit__)
    return JSONResponse({"was_inserted": inserted})


async def put_shard(asked: Asked) -> Response:
    """Take files in, of chunks that are here; each is read back and hashed first."""
    xet = _check(asked, "write")
    data = await asked.body.whole(SHARD_BYTES)
    if not _verifiers:
        _verifiers.append(CapacityLimiter(4))

    def work() -> bool:
        try:
            files = list(shard_files(data))
        except BadFormat as exc:
            raise bad(f"not a shard: {exc}") from exc
        return sum(xet.register(file) for file in files) > 0

    new = await run_sync(work, limiter=_verifiers[0])
    return JSONResponse({"result": int(new)})
