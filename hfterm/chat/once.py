"""One question, one answer, for scripts."""

from hfterm.chat.answer import Answering
from hfterm.chat.prompt import afterwards
from hfterm.chat.session import Session
from hfterm.inference.engine import Done, Engine, Note, Piece
from hfterm.inference.sampling import Sampling
from hfterm.output import Output


def ask(
    out: Output,
    engine: Engine,
    question: str,
    sampling: Sampling,
    *,
    system: str | None = None,
    session: Session | None = None,
) -> None:
    """Print the answer as it comes, or a record of it in a machine format; in ``session``, if given.

    Raises:
        HftermError: as the engine's ``answer``.
    """
    if session is not None:
        session.add("user", question)
        events = iter(Answering(session, engine))
    else:
        first = [{"role": "system", "content": system}] if system else []
        events = engine.answer([*first, {"role": "user", "content": question}], sampling)
    as_text, answer, done = out.format in (None, "table", "quiet"), "", Done("end")
    for event in events:
        if isinstance(event, Note):
            out.warn(event.text)
        elif isinstance(event, Piece) and not event.thinking:
            answer += event.text
            if as_text:
                out.text(event.text, end="")
        elif isinstance(event, Done):
            done = event
    if as_text:
        out.text("")
    else:
        out.record(
            {
                "prompt": question,
                "answer": answer,
                "model": engine.name,
                "prompt_tokens": done.prompt_tokens,
                "completion_tokens": done.completion_tokens,
                "seconds": done.seconds,
            }
        )
    afterwards(out, done)
