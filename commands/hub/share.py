"""hfterm hub share."""

from pathlib import Path

import click

from hfterm.output import Output

from ..options import command


@command()
@click.option("--dir", "folder", metavar="DIR", help="What to serve. [default: the user's Hub cache]")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; others need --token-file.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8777, show_default=True, help="Port to listen on; 0: any free one."
)
@click.option(
    "--token-file", metavar="FILE", help="Let in only who has one of its tokens; a line is 'NAME TOKEN [read]'."
)
@click.option("--writable/--readonly", default=None, help="Take uploads, too. [default: as DIR is; only a store can]")
@click.option("--xet/--no-xet", default=True, help="Large files by Xet, too. [default: on, where hf_xet is installed]")
def cli(
    out: Output,
    folder: str | None,
    host: str,
    port: int,
    token_file: str | None,
    writable: bool | None,
    xet: bool,
) -> None:
    """Serve a cache or a store as a Hub, to machines without internet.

    DIR is a Hub cache, a folder of repositories (OWNER/NAME/files, data sets under datasets/), or with
    --writable a new folder for a store that takes uploads. Prints the address once it answers; clients
    set it as HF_ENDPOINT: hf, transformers, datasets, hfterm. Ends with Ctrl-C or SIGTERM.

    Every token of the file sees every repository, private ones too. Xet goes through the same port, for any
    number of clients; with --no-xet those that upload need HF_HUB_DISABLE_XET=1. Listens to HTTP alone: on a
    network that is not yours, put a proxy with TLS before it. What deleted repositories leave is removed at
    the next start, once it is a day old.

    \b
    Examples:
      hfterm hub share -v
      hfterm hub share --dir ./store --writable
      hfterm hub share --host 0.0.0.0 --token-file tokens
    """
    from hfterm.hub.share.run import Serving, serve

    def ready(serving: Serving) -> None:
        if out.asked in (None, "table", "quiet"):
            out.text(serving.url)
        else:
            out.record(serving.facts(), key="url")
        what = "read and write" if serving.writable else "read-only"
        out.note(f"serving {serving.folder} ({serving.kind}, {what}); on clients: export HF_ENDPOINT={serving.url}")
        if serving.token:
            out.note("  and: export HF_TOKEN=a token of the file")
        if serving.writable and not serving.xet:
            out.note("  and, to upload: export HF_HUB_DISABLE_XET=1")

    def problem(what: str, exc: BaseException) -> None:
        out.warn(f"{what}: {type(exc).__name__}: {exc}")
        if out.debug:
            import traceback

            traceback.print_exception(exc)

    serve(
        Path(folder).expanduser() if folder else None,
        host=host,
        port=port,
        token_file=token_file,
        writable=writable,
        xet=xet,
        ready=ready,
        log=out.detail,
        warn=out.warn,
        problem=problem,
    )
