"""An engine over a model that is already loaded in this process."""

from collections.abc import Iterator

from hfterm.inference.chat import Answer, stream
from hfterm.inference.engine import Event, Messages, Meter, Note, Piece, State, Stopped, never
from hfterm.inference.load import Loaded
from hfterm.inference.prefix import Prefix
from hfterm.inference.sampling import Sampling

NO_TEMPLATE = "{} has no chat template: it is given the plain text to go on with"


class DirectEngine:
    """Answers in the caller's own thread; the quickest to start, and what the worker process runs."""

    detail = ""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded, self.name = loaded, loaded.name
        self._answer: Answer | None = None
        self._prefix = Prefix()
        self._warned = False

    @property
    def state(self) -> State:
        """``ready`` or ``answering``."""
        return "answering" if self._answer else "ready"

    def start(self) -> None:
        """Nothing is left to load."""

    def answer(self, messages: Messages, sampling: Sampling, stopped: Stopped = never) -> Iterator[Event]:
        """Answer a conversation.

        Raises:
            UsageError: the conversation does not fit the model.
        """
        if not self._warned and not self.loaded.tokenizer.chat_template:
            self._warned = True
            yield Note(NO_TEMPLATE.format(self.name))
        meter = Meter()
        answer = self._answer = stream(self.loaded, messages, prefix=self._prefix, **sampling.as_dict())
        if stopped():
            answer.cancel()
        try:
            for piece in answer:
                meter.piece()
                yield Piece(piece)
        finally:
            self._answer = None
        yield meter.done(answer.stop or "end", answer.prompt_tokens, answer.completion_tokens)

    def stop(self) -> None:
        """End the answer within a token."""
        if (answer := self._answer) is not None:
            answer.cancel()

    def close(self) -> None:
        """Stop; the model stays with whoever loaded it."""
        self.stop()
