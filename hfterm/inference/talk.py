"""One answer of a server: the question is sent and the answer read in a thread, so that it can be left at once."""

import http.client
import json
import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hfterm.errors import HftermError, NetworkError
from hfterm.inference import sse
from hfterm.inference.endpoint import Endpoint, error_text
from hfterm.inference.engine import WAKE_SECONDS, Done, Event, Loading, Messages, Meter, Note, Piece
from hfterm.inference.link import Link
from hfterm.inference.sampling import Sampling
from hfterm.text import whole

_STOPS = {"stop": "end", "eos": "end", "length": "length", "max_tokens": "length", "content_filter": "filtered"}
_BUSY = (429, 503)
# Waits before a busy server is asked again, where it does not say how long itself.
_PATIENCE = (1.0, 4.0)
_LONGEST_WAIT = 30.0
# What a server may refuse; the answer is then still the one that was asked for, or nearly.
_OPTIONAL = ("stream_options", "seed", "top_p", "temperature")


class Talk:
    """Asks ``endpoint`` and puts :class:`~hfterm.inference.engine.Event` or an error into ``inbox``.

    ``choose`` gives the model's name. ``learned`` holds what the server has refused before: fields of the
    request by the name to send instead, None for none.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        choose: Callable[[], str],
        messages: Messages,
        sampling: Sampling,
        inbox: "queue.SimpleQueue[Any]",
        learned: dict[str, Any],
    ) -> None:
        self.endpoint, self._choose, self._inbox, self._learned = endpoint, choose, inbox, learned
        self._messages = [{**m, "content": whole(str(m["content"]))} for m in messages]
        self._sampling = sampling
        self._left = threading.Event()
        self._link: Link | None = None
        self._meter = Meter()
        self._pieces = 0
        self._half = ""  # the first half of a surrogate pair: some servers cut there

    # --- the reader's side ----------------------------------------------------------------

    def events(self) -> Iterator[Event]:
        """The events as they come; None in the inbox ends them.

        Raises:
            HftermError: what the thread met.
        """
        while True:
            try:
                event = self._inbox.get(timeout=WAKE_SECONDS)
            except queue.Empty:
                continue
            if event is None:
                yield self._meter.done("stopped", None, self._pieces or None)
                return
            if isinstance(event, HftermError):
                raise event
            yield event
            if isinstance(event, Done):
                return

    def hang_up(self) -> None:
        """Leave the server, whatever it is doing."""
        self._left.set()
        if self._link is not None:
            self._link.cut()

    # --- the thread's side ----------------------------------------------------------------

    def run(self) -> None:
        """Ask and read, to the end or until nobody wants it any more."""
        try:
            if self.endpoint.exposes_key and not self._learned.get("told"):
                self._learned["told"] = True
                self._inbox.put(Note(f"the key goes to {self.endpoint.address} unencrypted: it is http, not https"))
            self._inbox.put(Loading(f"waiting for {self.endpoint.address}"))
            model = self._choose()
            self._meter = Meter()
            self._ask(self._payload(model))
        except HftermError as exc:
            self._inbox.put(exc)
        except Exception as exc:
            # Never a silent end: the reader would wait for ever.
            self._inbox.put(HftermError(f"bug: {type(exc).__name__}: {self.endpoint.clean(str(exc))}"))

    def _payload(self, model: str) -> dict[str, Any]:
        wanted = self._sampling
        body: dict[str, Any] = {
            "model": model,
            "messages": self._messages,
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": wanted.max_new_tokens,
            "temperature": wanted.temperature,
        }
        if wanted.temperature:
            body |= {"top_p": wanted.top_p} if wanted.top_p < 1 else {}
            body |= {"seed": wanted.seed} if wanted.seed is not None else {}
        for name, instead in self._learned.items():
            if name in body and (value := body.pop(name)) is not None and instead:
                body[instead] = value
        return body

    def _ask(self, body: dict[str, Any]) -> None:
        waits, answered = iter(_PATIENCE), False
        while not answered and not self._left.is_set():
            link = self._link = Link(self.endpoint)
            try:
                link.connect()
                if self._left.is_set():
                    return
                response = link.send("/chat/completions", body)
                if response.status == 200:
                    self._read(link, response)
                    answered = True
                    continue
                told = response.headers.get("Retry-After", "").strip()
                error = self.endpoint.refused(response)
            finally:
                link.close()
            if response.status in _BUSY and (wait := next(waits, None)) is not None:
                wait = float(told) if told.isdecimal() else wait
                if wait <= _LONGEST_WAIT:
                    self._inbox.put(Loading(f"{self.endpoint.address} is busy; asking again in {wait:g} s"))
                    self._left.wait(wait)
                    continue
            if response.status not in (400, 422, 501) or not self._give_way(body, error):
                raise error

    def _give_way(self, body: dict[str, Any], error: HftermError) -> bool:
        """Take out of the request what the server says it does not take; False when it names nothing of it."""
        said = error.message
        if "max_completion_tokens" in said and "max_tokens" in body:
            body["max_completion_tokens"] = body.pop("max_tokens")
            self._learned["max_tokens"] = "max_completion_tokens"
            return True
        for name in _OPTIONAL:
            if name in body and name in said:
                if name != "stream_options":
                    self._inbox.put(Note(f"{self.endpoint.address} does not take {name} {body[name]:g}: left out"))
                del body[name]
                self._learned[name] = None
                return True
        if body.get("stream") and "stream" in said:
            body.pop("stream_options", None)
            body["stream"] = False
            self._learned |= {"stream_options": None, "stream": None}
            return True
        return False

    def _read(self, link: Link, response: http.client.HTTPResponse) -> None:
        kind = response.headers.get_content_type()
        if kind == "application/json":
            found = read_object(link, response)
            if found.get("error") and not found.get("choices"):
                raise HftermError(f"{self.endpoint.address}: {self.endpoint.clean(error_text(found))}")
            self._done(self._take(found) or "end", found.get("usage"))
            return
        if kind != "text/event-stream":
            raise HftermError(
                f"{self.endpoint.address} does not speak OpenAI's protocol: it answered with {kind}", "check the URL"
            )
        stop: str | None = None
        usage: Any = None
        try:
            for data in sse.data(link.chunks(response)):
                if data.strip() == "[DONE]":
                    break
                found = self._event(data)
                stop = self._take(found) or stop
                usage = found.get("usage") or usage
            else:
                if stop is None:
                    raise NetworkError(f"the link to {self.endpoint.address} broke: the answer is cut off", "try again")
        except ValueError as exc:
            raise HftermError(f"{self.endpoint.address} sent what is no answer: {exc}") from exc
        self._done(stop or "end", usage)

    def _event(self, data: str) -> dict[str, Any]:
        try:
            found = json.loads(data)
        except ValueError:
            raise HftermError(
                f"{self.endpoint.address} sent what is no JSON: {self.endpoint.clean(data)[:80]!r}"
            ) from None
        if not isinstance(found, dict):
            return {}
        if found.get("error"):
            raise HftermError(f"{self.endpoint.address} broke off: {self.endpoint.clean(error_text(found))}")
        return found

    def _take(self, found: Mapping[str, Any]) -> str | None:
        """Pass on the text of one event; why the answer ends, if it says so."""
        choices = found.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
        part = choice.get("delta") or choice.get("message") or {}
        self._put(_text(part.get("reasoning_content") or part.get("reasoning")), thinking=True)
        self._put(_text(part.get("content")))
        reason = choice.get("finish_reason")
        return _STOPS.get(reason, "end") if isinstance(reason, str) and reason else None

    def _put(self, text: str, *, thinking: bool = False) -> None:
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        if text:
            self._meter.piece()
            self._pieces += 1
            self._inbox.put(Piece(whole(text), thinking))

    def _done(self, stop: str, usage: Any) -> None:
        counts = usage if isinstance(usage, dict) else {}
        # A server that does not count sends a token a piece, mostly.
        made = _count(counts.get("completion_tokens"))
        made = made if made is not None else self._pieces or None
        self._inbox.put(self._meter.done(stop, _count(counts.get("prompt_tokens")), made))


def read_object(link: Link, response: http.client.HTTPResponse) -> dict[str, Any]:
    """The JSON object that is a response's body.

    Raises:
        HftermError: it is something else, or the link broke.
    """
    body = b"".join(link.chunks(response))
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        address = link.endpoint.address
        raise HftermError(f"{address} does not speak OpenAI's protocol: its answer is no JSON object", "check the URL")
    return found


def _text(content: Any) -> str:
    """The text of content, which some servers give in parts."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
