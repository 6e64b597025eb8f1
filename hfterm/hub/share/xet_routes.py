"""Where a client finds the Xet store, if there is one."""

from starlette.responses import JSONResponse, Response

from hfterm.hub.share.context import Asked
from hfterm.hub.share.refusal import Refusal


def read_token(asked: Asked) -> Response:
    """What opens the Xet store for reading."""
    asked.repo()
    return _token(asked)


def write_token(asked: Asked) -> Response:
    """What opens the Xet store for writing."""
    from hfterm.hub.share.writing import repo_of

    repo_of(asked)
    return _token(asked)


def _token(asked: Asked) -> Response:
    xet = getattr(asked.share.store, "xet", None)
    if xet is None:
        raise Refusal(404, "this server has no Xet store: set HF_HUB_DISABLE_XET=1 on the client", "XetNotServed")
    found = xet.connection()
    headers = {
        "X-Xet-Cas-Url": found["casUrl"],
        "X-Xet-Access-Token": found["accessToken"],
        "X-Xet-Token-Expiration": str(found["exp"]),
    }
    return JSONResponse(found, headers=headers)
