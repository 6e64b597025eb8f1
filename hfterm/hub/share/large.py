"""Uploads of large files: the Git LFS batch interface, ``PUT`` to a signed address, and ``verify``.

Format: https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
"""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from hfterm.hub.share.blobs import Incoming
from hfterm.hub.share.context import Asked
from hfterm.hub.share.names import is_sha256
from hfterm.hub.share.refusal import Refusal, bad
from hfterm.hub.share.writing import repo_of, store_of

MEDIA = "application/vnd.git-lfs+json"
# Bytes handed to a thread at once.
PIECE = 2**20


def batch(asked: Asked) -> Response:
    """Say where each large file goes, or that it is here already."""
    operation = asked.data.get("operation")
    objects = asked.data.get("objects")
    if operation not in ("upload", "download") or not isinstance(objects, list) or len(objects) > 1000:
        raise bad("not a batch of the large file storage")
    repo_id = repo_of(asked).id if operation == "upload" else asked.repo().id
    rows = [_upload(asked, repo_id, one) if operation == "upload" else _download(asked, one) for one in objects]
    return JSONResponse({"transfer": "basic", "objects": rows}, media_type=MEDIA)


def _checked(one: Any) -> tuple[str, int]:
    oid, size = (one.get("oid"), one.get("size")) if isinstance(one, dict) else (None, None)
    if not isinstance(oid, str) or not is_sha256(oid) or not isinstance(size, int) or size < 0:
        raise bad("an object needs the SHA-256 and the size of its content")
    return oid, size


def _upload(asked: Asked, repo_id: str, one: Any) -> dict[str, Any]:
    oid, size = _checked(one)
    blobs = store_of(asked).blobs
    xet = store_of(asked).xet
    if blobs.size(oid) == size or (xet and xet.size_of(oid) == size):
        blobs.touch(oid)
        return {"oid": oid, "size": size}
    address = f"{asked.base}/_upload/{oid}?size={size}&{asked.share.signer.sign(oid, size)}"
    verify = {"href": f"{asked.page()}.git/info/lfs/objects/verify"}
    return {"oid": oid, "size": size, "authenticated": True, "actions": {"upload": {"href": address}, "verify": verify}}


def _download(asked: Asked, one: Any) -> dict[str, Any]:
    oid, size = _checked(one)
    return {"oid": oid, "size": size, "error": {"code": 404, "message": "download by /resolve/ instead"}}


async def put(asked: Asked) -> Response:
    """Receive a large file; it is hashed on its way to the disk."""
    store = store_of(asked)
    oid, size = asked.rest[0] if len(asked.rest) == 1 else "", asked.query.get("size", "")
    asked.share.signer.check(asked.query, oid, size)
    if asked.body.length is not None and asked.body.length != int(size):
        raise bad(f"{size} bytes were announced, {asked.body.length} are sent")
    incoming = Incoming(store.blobs)
    await run_in_threadpool(incoming.__enter__)
    try:
        held = bytearray()
        async for piece in asked.body.pieces():
            held += piece
            if incoming.size + len(held) > int(size):
                raise Refusal(413, f"more than the {size} bytes announced")
            if len(held) >= PIECE:
                await run_in_threadpool(incoming.write, bytes(held))
                held.clear()
        await run_in_threadpool(incoming.write, bytes(held))
        await run_in_threadpool(incoming.keep_large, oid, int(size))
    finally:
        await run_in_threadpool(incoming.__exit__)
    return Response(status_code=200, headers={"ETag": f'"{oid}"'})


def verify(asked: Asked) -> Response:
    """Whether a large file arrived."""
    oid, size = _checked(asked.data)
    if store_of(asked).blobs.size(oid) != size:
        raise Refusal(404, f"the content {oid} did not arrive", "EntryNotFound")
    return JSONResponse({}, media_type=MEDIA)
