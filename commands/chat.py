"""hfterm chat."""

import sys
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import click

from hfterm.errors import UsageError
from hfterm.output import Output, is_terminal
from hfterm.text import redact, sanitize

from .options import command, device_option, yes_option

if TYPE_CHECKING:
    from hfterm.chat.session import Session
    from hfterm.chat.store import SessionRow, Store
    from hfterm.inference.engine import Engine
    from hfterm.inference.sampling import Sampling

# More than any model reads; standard input may be without end.
MAX_PIPED_BYTES = 16 * 2**20
COLUMNS = ("id", "title", "model", "messages", "updated")
SAMPLING = ("max_new_tokens", "temperature", "top_p", "seed")


@command()
@click.argument("model", required=False, help="A folder, a Hub id, run:NAME or a server's URL.")
@click.option(
    "-p", "--prompt", metavar="TEXT", help="Ask this, print the answer, leave. What is piped in goes under it."
)
@click.option("--system", metavar="TEXT", help="Tell the model how to behave.")
@click.option(
    "--max-new-tokens",
    type=click.IntRange(min=1),
    default=512,
    show_default=True,
    help="End an answer after so many tokens.",
)
@click.option(
    "--temperature",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="0: the likeliest words, the same each time. Higher: livelier.",
)
@click.option(
    "--top-p",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="With a temperature: draw from the likeliest words that make up this share.",
)
@click.option("--seed", type=click.IntRange(min=0), help="With a temperature: make the answer repeatable.")
@device_option
@click.option("--url", metavar="URL", help="Ask a server that speaks OpenAI's protocol; MODEL is its model's name.")
@click.option("-c", "--continue", "last", is_flag=True, help="Go on with the last conversation.")
@click.option("--session", metavar="ID", help="Go on with this conversation.")
@click.option("--no-save", is_flag=True, help="Do not save the conversation.")
@click.option("--list", "list_", is_flag=True, help="List the saved conversations, the last used first.")
@click.option("--search", metavar="TEXT", help="List those with all these words.")
@click.option("-n", "--limit", type=click.IntRange(min=1), help="List so many at most.")
@click.option("--export", metavar="ID|all", help="Write conversations as records that train sft takes.")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(), help="With --export: to this file, .jsonl, or .md to read."
)
@click.option("--delete", metavar="ID|all", help="Delete conversations.")
@yes_option
def cli(out: Output, prompt: str | None, **asked: Any) -> None:
    """Ask a model, once or in a conversation.

    MODEL is a folder, a Hub id or run:NAME, a model or an adapter; or the URL of a server that speaks OpenAI's
    protocol (its key in HFTERM_API_KEY or OPENAI_API_KEY). [default: the setting 'model']

    On a terminal without -p this is a conversation, and it is saved; /help there lists its commands. An ID may
    be the beginning of one, or a title.

    \b
    Examples:
      hfterm chat run:demo -p 'Who keeps the lighthouse?'
      git diff | hfterm chat ./model -p 'Describe this change in one line'
      hfterm chat http://localhost:8000
      hfterm chat --continue
      hfterm chat --export all > chats.jsonl
      hfterm train sft ./model chats.jsonl
    """
    if _manages(prompt, asked):
        _manage(out, asked)
        return
    with ExitStack() as at_end:
        session, store, model = _find(at_end, asked)
        talks = prompt is None and is_terminal(sys.stdin)
        question = None if talks else _question(prompt, model)
        sampling = _sampling(asked, session)
        if question is not None:
            _once(out, at_end, model, question, session, sampling, asked)
        else:
            _converse(out, at_end, model, session, store, sampling, asked)


def _manages(prompt: str | None, asked: dict[str, Any]) -> bool:
    """Whether the saved conversations are to be managed, and not a model asked."""
    listing = asked["list_"] or asked["search"] is not None
    chosen = [name for name in ("export", "delete") if asked[name] is not None] + ["list"] * listing
    if len(chosen) > 1:
        raise UsageError(f"--{chosen[0]} and --{chosen[1]} do not go together")
    asks = {"MODEL": asked["model"], "-p": prompt, "--url": asked["url"], "--continue": asked["last"] or None,
            "--session": asked["session"]}  # fmt: skip
    if chosen and (wrong := next((name for name, value in asks.items() if value is not None), None)):
        raise UsageError(f"--{chosen[0]} asks no model: leave out {wrong}")
    if asked["output"] is not None and chosen != ["export"]:
        raise UsageError("-o belongs to --export")
    return bool(chosen)


def _manage(out: Output, asked: dict[str, Any]) -> None:
    from hfterm.chat import manage
    from hfterm.chat.store import Store

    with Store() as store:
        if asked["delete"] is not None:
            _delete(out, store, manage.chosen(store, asked["delete"]), asked["yes"])
        elif asked["export"] is not None:
            manage.export(out, store, asked["export"], asked["output"])
        else:
            out.records(
                (row._asdict() for row in store.sessions(asked["search"] or "", asked["limit"])),
                columns=COLUMNS,
                key="id",
                show={"updated": lambda moment: str(moment)[:16].replace("T", " "), "model": _short},
                empty="nothing like it is saved" if asked["search"] else "no saved conversation yet",
            )


def _short(model: str) -> str:
    """A model's last name: of a folder, a repository, or after a server's ``#``."""
    return model.rstrip("/").rpartition("#")[2].rpartition("/")[2]


def _delete(out: Output, store: "Store", rows: "list[SessionRow]", yes: bool) -> None:
    if not yes:
        if not is_terminal(sys.stdin):
            raise UsageError("deleting conversations asks first", "add -y to delete without asking")
        what = f"{rows[0].id} ({rows[0].title})" if len(rows) == 1 else f"all {len(rows)} conversations"
        if not click.confirm(sanitize(f"Delete {what}?", cell=True), err=True):
            out.note("nothing was deleted")
            return
    out.records(({"id": row.id, "title": store.delete(row.id).title} for row in rows), key="id")


def _find(at_end: ExitStack, asked: dict[str, Any]) -> "tuple[Session | None, Store | None, str]":
    """The conversation to go on with, if one is wanted, its store, and the model to ask."""
    from hfterm import config
    from hfterm.inference.engine import is_url

    model, url = asked["model"], asked["url"]
    if url is not None:
        url = url if "://" in url else f"http://{url}"  # localhost:8000
        if not is_url(url):
            raise UsageError(f"not a server's URL: {redact(url)!r}", "write http://HOST:PORT or https://HOST/v1")
        model = f"{url.partition('#')[0]}#{model}" if model else url
    if not (asked["last"] or asked["session"] is not None):
        if not (model := model or config.value("model")):
            raise UsageError("no model named", "add one: hfterm chat MODEL, or set one: hfterm config set model MODEL")
        return None, None, model
    if asked["no_save"] or (asked["last"] and asked["session"] is not None):
        other = "--no-save" if asked["no_save"] else "--session"
        raise UsageError(f"--{'continue' if asked['last'] else 'session'} and {other} do not go together")
    from hfterm.chat.store import Store

    store = at_end.enter_context(Store())
    session = store.last() if asked["last"] else store.open(asked["session"])
    return session, store, model or session.model


def _sampling(asked: dict[str, Any], session: "Session | None") -> "Sampling":
    """How to draw answers: for a saved conversation as it was, but for what the command line says."""
    from hfterm.inference.sampling import Sampling

    values = {name: asked[name] for name in SAMPLING}
    if session is not None:
        source = click.get_current_context().get_parameter_source
        given = (click.core.ParameterSource.COMMANDLINE, click.core.ParameterSource.ENVIRONMENT)
        values = session.sampling.as_dict() | {n: v for n, v in values.items() if source(n) in given}
    return Sampling.of(values)


def _question(prompt: str | None, model: str) -> str:
    from hfterm.inference.conversation import join_prompt

    piped = None
    if not is_terminal(sys.stdin) and model != "-" and sys.stdin is not None and not sys.stdin.closed:
        data = sys.stdin.buffer.read(MAX_PIPED_BYTES + 1)
        if len(data) > MAX_PIPED_BYTES:
            raise UsageError(f"standard input is longer than {MAX_PIPED_BYTES >> 20} MiB: no model reads that much")
        try:
            piped = data.decode("utf-8")
        except UnicodeDecodeError as exc:
            raise UsageError(f"standard input is not UTF-8 (byte {exc.start})") from exc
    return join_prompt(prompt, piped)


def _once(
    out: Output,
    at_end: ExitStack,
    model: str,
    question: str,
    session: "Session | None",
    sampling: "Sampling",
    asked: dict[str, Any],
) -> None:
    """One question, one answer; saved only in a conversation that was named."""
    from hfterm.chat.once import ask

    engine = at_end.enter_context(closing(_engine_here(out, model, asked["device"])))
    if session is not None:
        _continue(session, engine, model, sampling, asked)
    ask(out, engine, question, sampling, system=asked["system"], session=session)


def _engine_here(out: Output, model: str, device: str | None) -> "Engine":
    """The quickest to start: a local model is loaded into this very process."""
    from hfterm import config
    from hfterm.inference.engine import is_url, open_engine

    if is_url(model):
        return open_engine(model)
    from hfterm.inference.load import load_model

    loaded = load_model(model, device=device or config.value("device"), out=out)
    from hfterm.inference.direct import DirectEngine

    return DirectEngine(loaded)


def _continue(session: "Session", engine: "Engine", model: str, sampling: "Sampling", asked: dict[str, Any]) -> None:
    """Keep what has changed with the command line."""
    from hfterm.chat.manage import lasting

    if asked["system"] is not None:
        session.system = asked["system"]
    if session.sampling != sampling:
        session.sampling = sampling
    if (name := lasting(model, engine)) != session.model:
        session.model = name


def _converse(
    out: Output,
    at_end: ExitStack,
    model: str,
    session: "Session | None",
    store: "Store | None",
    sampling: "Sampling",
    asked: dict[str, Any],
) -> None:
    from hfterm import config
    from hfterm.chat.manage import lasting, ready
    from hfterm.chat.prompt import converse
    from hfterm.chat.slash import Talk, recap
    from hfterm.chat.store import Store

    if store is None:
        store = at_end.enter_context(Store.unsaved() if asked["no_save"] else Store())
    engine = at_end.enter_context(closing(ready(out, model, asked["device"] or config.value("device"))))
    out.note(f"{engine.name}; /help lists the commands, Ctrl-D leaves")
    if session is None:
        session = store.create(lasting(model, engine), system=asked["system"], sampling=sampling)
    else:
        _continue(session, engine, model, sampling, asked)
        out.note(recap(session))
    talk = Talk(store, session)
    try:
        converse(out, talk, engine)
    finally:
        if talk.session.saved and not asked["no_save"]:
            out.note(f"saved as {talk.session.id}; go on with: hfterm chat --session {talk.session.id}")
