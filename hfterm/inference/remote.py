"""A model behind a server that speaks OpenAI's protocol: ``/v1/chat/completions``, streamed.

vLLM, llama.cpp, TGI, Ollama, LM Studio, SGLang and the commercial ones differ in what they refuse; what can
be left out is left out when a server says that it does not know it.
"""

import queue
import threading
from collections.abc import Iterator
from typing import Any

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.inference.endpoint import Endpoint
from hfterm.inference.engine import Event, Messages, Meter, State, Stopped, never
from hfterm.inference.link import Link
from hfterm.inference.sampling import Sampling
from hfterm.inference.talk import Talk, read_object


class RemoteEngine:
    """A server's model. ``url`` may name the model after ``#``; without a name the server must have just one.

    ``key`` is its API key (default: ``HFTERM_API_KEY``, then ``OPENAI_API_KEY``); it is sent to that URL only,
    and never shown.

    Raises:
        UsageError: not a server's URL.
    """

    def __init__(self, url: str, model: str | None = None, key: str | None = None) -> None:
        self._endpoint = Endpoint(url, key)
        self.model = model or self._endpoint.model or None
        self.name = self.model or self._endpoint.address
        self.detail = f"at {self._endpoint.address}"
        self._state: State = "ready" if self.model else "idle"
        self._busy = threading.Lock()
        self._inbox: queue.SimpleQueue[Any] | None = None
        # What this server has refused; not asked of it again.
        self._learned: dict[str, Any] = {}

    @property
    def url(self) -> str:
        """What :func:`hfterm.inference.engine.open_engine` takes to come back here."""
        return self._endpoint.url + (f"#{self.model}" if self.model else "")

    @property
    def state(self) -> State:
        """What it is doing."""
        return self._state

    def start(self) -> None:
        """The server holds the model; nothing is loaded here."""

    def models(self) -> list[str]:
        """The names of the server's models, in its order.

        Raises:
            HftermError: it cannot be reached, or refuses.
        """
        link = Link(self._endpoint)
        try:
            link.connect()
            response = link.send("/models")
            if response.status != 200:
                raise self._endpoint.refused(response)
            found = read_object(link, response)
        finally:
            link.close()
        rows = found.get("data") if isinstance(found.get("data"), list) else found.get("models")
        names = [r.get("id") or r.get("name") for r in rows or () if isinstance(r, dict)]
        return [name for name in names if isinstance(name, str)]

    def choose(self) -> str:
        """The model's name; when none was given, the only one that the server has.

        Raises:
            UsageError: it has several. HftermError: it cannot be reached, or refuses.
        """
        if self.model is None:
            try:
                names = self.models()
            except NotFoundError:
                names = ["default"]  # a server of one model that lists none
            if not names:
                raise NotFoundError(f"{self._endpoint.address} has no model")
            if len(names) > 1:
                some = ", ".join(map(self._endpoint.clean, names[:8])) + (", ..." if len(names) > 8 else "")
                raise UsageError(f"{self._endpoint.address} has {len(names)} models: {some}", "name one of them")
            self.model = self.name = names[0]
        return self.model

    def answer(self, messages: Messages, sampling: Sampling, stopped: Stopped = never) -> Iterator[Event]:
        """Answer a conversation.

        Raises:
            HftermError: it cannot be reached (``NetworkError``), refuses (``AccessError``, ``NotFoundError``,
                ``UsageError``), or breaks off; the pieces until then are good.
        """
        if not self._busy.acquire(blocking=False):
            raise HftermError(f"{self.name} is still answering", "stop that answer first")
        talk = None
        try:
            inbox = self._inbox = queue.SimpleQueue()
            if stopped():
                yield Meter().done("stopped", None, None)
                return
            self._state = "answering"
            talk = Talk(self._endpoint, self.choose, messages, sampling, inbox, self._learned)
            threading.Thread(target=talk.run, name="chat-server", daemon=True).start()
            yield from talk.events()
        finally:
            self._inbox = None
            if talk is not None:
                talk.hang_up()
            self._state = "ready"
            self._busy.release()

    def stop(self) -> None:
        """End the answer at once: the connection is closed."""
        if (inbox := self._inbox) is not None:
            inbox.put(None)

    def close(self) -> None:
        """Stop."""
        self.stop()
