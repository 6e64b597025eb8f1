"""The ASGI application: one request in, one answer out, whatever happens."""

import time
from collections.abc import Callable
from urllib.parse import unquote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hfterm.hub.share import routing
from hfterm.hub.share.auth import Account, check_site
from hfterm.hub.share.blobs import disk_full
from hfterm.hub.share.body import Body, Gone
from hfterm.hub.share.context import Asked, Share
from hfterm.hub.share.refusal import Refusal

HOME = "hfterm hub share: a Hugging Face Hub on this machine.\nSet HF_ENDPOINT={base} to use it.\n"


def make_app(share: Share, log: Callable[[str], None], problem: Callable[[str, BaseException], None]) -> ASGIApp:
    """The application. ``log`` is told one line a request, ``problem`` what went wrong in the server itself."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        began = time.monotonic()
        sent = {"status": 0, "bytes": 0}

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
            else:
                sent["bytes"] += len(message.get("body", b""))
            await send(message)

        headers = Headers(scope=scope)
        body = Body(receive, headers)
        try:
            response = await _answer(share, scope, headers, body, problem)
            if not await body.drain():
                response.headers["Connection"] = "close"
            try:
                await response(scope, receive, counted)
            except Refusal as exc:
                if sent["status"]:
                    raise
                await refused(exc)(scope, receive, counted)
        except Gone:
            pass
        except OSError as exc:  # the disk failed in the middle of an answer; uvicorn breaks the connection off
            problem("reading a file", exc)
        except Exception as exc:  # uvicorn breaks the connection off and says nothing
            problem("answering", exc)
            raise
        finally:
            client = (scope.get("client") or ("-",))[0]
            path = unquote(scope["raw_path"].decode("ascii", "replace"), errors="replace")
            ms = (time.monotonic() - began) * 1000
            log(f"{client} {scope['method']} {path} {sent['status'] or '-'} {sent['bytes']} {ms:.0f}ms")

    return app


async def _answer(
    share: Share, scope: Scope, headers: Headers, body: Body, problem: Callable[[str, BaseException], None]
) -> Response:
    method = scope["method"]
    try:
        return await _handle(share, scope, headers, body)
    except Gone:
        raise
    except Refusal as exc:
        return refused(exc)
    except Exception as exc:
        if isinstance(exc, OSError) and (full := disk_full(exc)) is not None:
            return refused(full)
        problem(f"{method} {scope['path']}", exc)
        return refused(Refusal(500, f"the server failed: {type(exc).__name__}; see its own messages"))


async def _handle(share: Share, scope: Scope, headers: Headers, body: Body) -> Response:
    method = scope["method"]
    check_site(method, headers, open_to_all=share.tokens.everybody is not None)
    base = f"{scope['scheme']}://{headers.get('host') or '{}:{}'.format(*scope['server'])}"
    raw = scope["raw_path"].decode("ascii", "replace")
    if raw in ("/", ""):
        return PlainTextResponse(HOME.format(base=base))
    target = routing.find(method, raw)
    who = Account("", "write") if target.route.signed else share.tokens.who(headers)
    if target.route.writes and who.role != "write":
        raise Refusal(403, f"the token of {who.name} may only read")
    asked = Asked(
        share, method, headers, QueryParams(scope["query_string"]), body, base, who,
        target.kind, target.repo_id, target.rest, raw,
    )  # fmt: skip
    if target.route.body == "stream":
        response: Response = await target.route.handler(asked)
        return response
    if target.route.body == "json":
        asked.data = await body.json()
    elif target.route.body == "form":
        asked.data = await body.form()
    return await run_in_threadpool(target.route.handler, asked)


def refused(exc: Refusal) -> Response:
    """The answer to a request that is refused."""
    message = exc.message.encode("ascii", "backslashreplace").decode()
    # No space at an end: a header with one is no header.
    said = "".join(c if " " <= c <= "~" else "?" for c in message)[:1000].strip()
    headers = {"X-Error-Message": said, **exc.headers}
    if exc.code:
        headers["X-Error-Code"] = exc.code
    return JSONResponse({"error": exc.message, **exc.body}, status_code=exc.status, headers=headers)
