"""hfterm chat."""

import sys
from typing import TYPE_CHECKING, Any

import click

from hfterm.errors import HftermError, UsageError
from hfterm.output import Output, is_terminal

from .options import command, device_option

if TYPE_CHECKING:
    from hfterm.inference.chat import Answer
    from hfterm.inference.load import Loaded

# More than any model reads; standard input may be without end.
MAX_PIPED_BYTES = 16 * 2**20


@command()
@click.argument("model", required=False, help="A folder, a Hub id or run:NAME; a model or an adapter.")
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
def cli(
    out: Output,
    model: str | None,
    prompt: str | None,
    system: str | None,
    device: str | None,
    **generation: Any,
) -> None:
    """Ask a model, once or in a conversation.

    MODEL is a folder, a Hub id or run:NAME, a model or an adapter. [default: the setting 'model']
    On a terminal without -p this is a conversation; /help there lists its commands.

    \b
    Examples:
      hfterm chat run:demo -p 'Who keeps the lighthouse?'
      git diff | hfterm chat ./model -p 'Describe this change in one line'
      hfterm chat HuggingFaceTB/SmolLM2-135M-Instruct
    """
    from hfterm import config

    if not (model := model or config.value("model")):
        raise UsageError("no model named", "add one: hfterm chat MODEL, or set one: hfterm config set model MODEL")
    talk = prompt is None and is_terminal(sys.stdin)
    question = None if talk else _question(prompt, model)
    from hfterm.inference.load import load_model

    loaded = load_model(model, device=device or config.value("device"), out=out)
    if not loaded.tokenizer.chat_template:
        out.warn(f"{model} has no chat template: it is given the plain text to go on with")
    if question is None:
        _conversation(out, loaded, system, generation)
    else:
        _once(out, loaded, system, question, generation)


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


def _once(out: Output, loaded: "Loaded", system: str | None, question: str, generation: dict[str, Any]) -> None:
    from hfterm.inference.chat import stream
    from hfterm.inference.conversation import Conversation

    answer = stream(loaded, Conversation(system).messages(question), **generation)
    if out.format in (None, "table", "quiet"):
        for piece in answer:
            out.text(piece, end="")
        out.text("")
    else:
        answer.read()
        out.record(
            {
                "prompt": question,
                "answer": answer.text,
                "model": loaded.name,
                "prompt_tokens": answer.prompt_tokens,
                "completion_tokens": answer.completion_tokens,
                "seconds": round(answer.seconds, 3),
            }
        )
    _afterwards(out, answer)


def _afterwards(out: Output, answer: "Answer") -> None:
    if answer.stop == "length":
        out.note(f"hfterm: the answer was cut at {answer.completion_tokens} tokens; allow more with --max-new-tokens")
    out.detail(f"{answer.prompt_tokens} + {answer.completion_tokens} tokens, {answer.tokens_per_second} tokens/s")


def _conversation(out: Output, loaded: "Loaded", system: str | None, generation: dict[str, Any]) -> None:
    from hfterm.inference.chat import stream
    from hfterm.inference.conversation import Conversation, Leave

    conversation = Conversation(system)
    out.note(f"{loaded.name} on {loaded.device}; /help lists the commands, Ctrl-D leaves")
    with _History():
        while True:
            try:
                line = _read_line(out)
                if not line:
                    continue
                if (said := conversation.command(line)) is not None:
                    out.note(said)
                    continue
                answer = stream(loaded, conversation.messages(line), **generation)
            except KeyboardInterrupt:
                out.note("")
                continue
            except (EOFError, Leave):
                return
            except HftermError as exc:
                out.error(exc)
                continue
            try:
                for piece in answer:
                    out.text(piece, end="")
                out.text("")
                _afterwards(out, answer)
            except KeyboardInterrupt:
                out.text("")
                out.note("(stopped)")
            conversation.answered(line, answer.text)


def _read_line(out: Output) -> str:
    """One line from the user; the prompt never gets into a redirected stdout."""
    if is_terminal(sys.stdout):
        return input("> ").strip()
    out.stderr.write("> ")
    out.stderr.flush()
    return input().strip()


class _History:
    """Earlier questions at the arrow keys, kept in the state folder."""

    def __enter__(self) -> None:
        import contextlib

        from hfterm.paths import state_dir

        self.file = state_dir() / "chat_history"
        try:
            import readline
        except ImportError:
            return
        readline.set_auto_history(True)
        readline.set_history_length(1000)
        with contextlib.suppress(OSError):
            readline.read_history_file(self.file)

    def __exit__(self, *exc: object) -> None:
        import contextlib

        with contextlib.suppress(OSError, ImportError):
            import readline

            self.file.parent.mkdir(parents=True, exist_ok=True)
            readline.write_history_file(self.file)
            self.file.chmod(0o600)
