"""What the chat screen shows: the saved conversations, the open one with the answer that comes, and the prompt."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from rich.text import Text
from textual import work
from textual.containers import Horizontal, Vertical
from textual.message import Message as Event
from textual.widget import Widget

from hfterm.dashboard.answers import Answer
from hfterm.dashboard.chat_words import engine_title, welcome
from hfterm.dashboard.desk import Desk, View
from hfterm.dashboard.screens.base import BaseScreen
from hfterm.dashboard.screens.model_picker import ModelPicker
from hfterm.dashboard.widgets.conversation import Conversation
from hfterm.dashboard.widgets.devices import DeviceStrip
from hfterm.dashboard.widgets.message import MessageLines
from hfterm.dashboard.widgets.prompt import Prompt
from hfterm.dashboard.widgets.session_list import SessionList
from hfterm.dashboard.worker import worker
from hfterm.errors import HftermError, translate
from hfterm.inference.engine import is_url
from hfterm.text import redact, sanitize

if TYPE_CHECKING:
    from hfterm.chat.answer import Answering
    from hfterm.chat.message import Message

# An answer is painted so often a second at most, where the link is good and where it is behind.
PACE, SLOW_PACE = 0.1, 0.25
# Drawing may take this share of the time.
BUSY_SHARE = 0.2
BUSY = "still answering: Esc stops it"


T = TypeVar("T")


class ChatFrame(BaseScreen):
    """What is known of conversations is the desk's; it is asked in a thread, one thing at a time."""

    class Heard(Event):
        """Something of an answer has come."""

        def __init__(self, answer: Answer) -> None:
            super().__init__()
            self.answer = answer

    def __init__(self) -> None:
        super().__init__()
        self.desk: Desk
        self.view: View | None = None
        self.answer: Answer | None = None
        self.failed: Answer | None = None  # one that broke off before its first word, shown until the next
        self.editing: Message | None = None
        self._known: dict[int, MessageLines] = {}
        self._turn = asyncio.Lock()
        self._painted, self._cost, self._planned = 0.0, 0.0, False
        self._opened, self._asking = asyncio.Event(), False
        self.stop_early = False  # Esc was pressed before there was an answer to stop
        self._said_trouble = self._warmed = ""

    def body(self) -> Iterable[Widget]:
        """Strip (narrow), saved conversations, the open one, the prompt."""
        yield DeviceStrip(classes="body strip")
        with Horizontal(classes="body main"):
            chats = SessionList(id="chats")
            chats.border_title = "Conversations"
            yield chats
            with Vertical(classes="talk"):
                yield Conversation(id="conversation")
                yield Prompt(id="prompt")

    @property
    def conversation(self) -> Conversation:
        """The pane of the open conversation."""
        return self.query_one(Conversation)

    @property
    def prompt(self) -> Prompt:
        """Where one writes."""
        return self.query_one(Prompt)

    @property
    def chats(self) -> SessionList:
        """The list of the saved conversations."""
        return self.query_one(SessionList)

    # Life.

    def on_mount(self) -> None:
        """Open the store meanwhile."""
        super().on_mount()
        self.desk = Desk(self.hfterm.sources.chat)
        self.hfterm.topics["clock"].subscribe(self, lambda _: self.show_state())
        self.show_prompt()
        self.begin(self.hfterm.chat_model or self.hfterm.options.model)
        if self.hfterm.chat_model or self.hfterm.options.screen == "chat":
            self.call_after_refresh(self.action_write)
        self.hfterm.chat_model = None

    def on_screen_resume(self) -> None:
        """Show what has changed meanwhile; begin what another screen asked for."""
        super().on_screen_resume()
        self.take_model()
        self.list_sessions()

    def on_resize(self) -> None:
        """A terminal that had no room for panes may have it again."""
        self.call_after_refresh(self._focus_shown)

    def _focus_shown(self) -> None:
        """Focus a pane that can be seen, where the focused one cannot."""
        if self.is_current and (self.focused is None or not self.focused.region.area):
            pane = self.conversation if self.conversation.region.area else self.chats
            if pane.region.area:
                pane.focus()

    def on_descendant_focus(self) -> None:
        """What Enter does depends on where one is."""
        self.show_prompt()

    def take_model(self) -> None:
        """Begin a conversation with the model that another screen named, if it did."""
        model = self.hfterm.chat_model
        if model is not None and self.is_mounted:
            self.hfterm.chat_model = None
            self.begin(model)
            self.action_write()

    def action_write(self) -> None:
        """To the prompt."""
        self.remove_class("-listed")
        self.prompt.focus()

    def on_unmount(self) -> None:
        """What has come of an answer is kept; the model is let go of."""
        if self.answer is not None:
            self.answer.stop()
            self.answer.wait(2.0)
        closing = threading.Thread(target=self.desk.close, daemon=True)
        closing.start()
        closing.join(2.0)

    async def off(self, do: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Let the desk do something, in a thread and in its turn."""
        async with self._turn:
            return await asyncio.to_thread(do, *args, **kwargs)

    @worker
    async def begin(self, model: str | None) -> None:
        """A new conversation; without a model, with that of the open one."""
        self.show(await self.off(self.desk.begin, model, self.view))

    @worker
    async def list_sessions(self) -> None:
        """Read the list anew."""
        chats = self.chats
        query = chats.filter
        rows = await self.off(self.desk.sessions, query)
        if query == chats.filter:
            chats.set_rows(rows)
            self._point()
        if self.desk.trouble != self._said_trouble:
            self._said_trouble = self.desk.trouble
            self.hfterm.say(self.desk.trouble, "bad")

    def _point(self) -> None:
        """The cursor of the list is on the open conversation while one is not in the list."""
        chats = self.chats
        row = next((n for n, row in enumerate(chats.rows) if row.id == chats.open_id), None)
        if row is not None and not chats.has_focus:
            chats.move_to(row)

    # What is shown.

    def show(self, view: View, chosen: "Message | None" = None) -> None:
        """Show a conversation; ``chosen`` is the message to look at."""
        other = self.view is None or self.view.id != view.id
        if other:
            self._known = {}
        known, lines = self._known, list[MessageLines]()
        if view.system:
            lines.append(MessageLines(role="system", content=view.system))
        live = self.answer or self.failed
        live = live if live is not None and live.session_id == view.id else None
        for message, place in view.messages:
            if live is not None and message.parent == live.answering.question.id and message.role == "assistant":
                break  # another answer in the place of the one that comes
            found = known.get(message.id)
            if found is None or found.content != message.content:
                found = known[message.id] = MessageLines(message, place=place)
            found.update(message, place)
            lines.append(found)
        if live is not None:
            lines.append(live.lines)
        ids = [line.message.id if line.message else None for line in lines]
        self.view = view
        self._opened.set()
        if other:
            if self.editing is not None:
                self.editing = None
                self.prompt.write("")
            self.prompt.sent = [m.content for m, _ in view.messages if m.role == "user"]
        self.chats.open_id = view.id
        self.chats.repaint()
        self._point()
        self.conversation.welcome = welcome(
            view.model, self.hfterm, saved=bool(self.chats.rows), trouble=self.desk.trouble
        )
        self.conversation.show(lines, chosen=ids.index(chosen.id) if chosen is not None else None)
        self.show_state()
        self.show_prompt()
        self.refresh_bindings()

    def show_state(self) -> None:
        """What the engine does, in the border."""
        view, desk, pane = self.view, self.desk, self.conversation
        if view is None:
            pane.entitle(Text("Chat"), Text("opening"))
            return
        engine = desk.engine if desk.engine_of(view.model) else None
        pane.entitle(engine_title(view.model, engine, self.hfterm), Text(sanitize(view.title, cell=True)))
        if self.answer is not None:
            self.answer.lines.say(self.answer.status())
            if self.answer.session_id == view.id:
                pane.repaint()

    def show_prompt(self) -> None:
        """What Enter will do."""
        prompt = self.prompt
        if self.editing is None:
            prompt.entitle("Write", "Enter: send, M-Enter or ^j: new line" if prompt.has_focus else "i: write")
        elif self.editing.role == "user":
            prompt.entitle("Edit the question", "Enter: ask anew, Esc: as it was")
        else:
            prompt.entitle("Edit the answer", "Enter: keep, Esc: as it was")
        prompt.placeholder = "" if self.editing else "ask something"

    # Asking.

    @property
    def busy(self) -> bool:
        """Whether an answer is under way, or about to be."""
        return self.answer is not None or self._asking

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Nothing else is asked meanwhile."""
        self._asking = True
        try:
            yield
        finally:
            self._asking = self.stop_early = False
            self.refresh_bindings()

    def on_prompt_sent(self, event: Prompt.Sent) -> None:
        """Ask what was written; it stays in the box until it has been taken."""
        event.stop()
        if self.busy:
            self.hfterm.say(BUSY, "warn")
        else:
            self._asking = True
            self.refresh_bindings()
            self.ask(event.text)

    @worker
    async def on_prompt_written(self) -> None:
        """A model takes long to load: it may begin while one writes to it."""
        view = self.view
        if view is not None and view.model and not self.busy and view.model != self._warmed:
            self._warmed = view.model
            await self.off(self.desk.warm)
            self.show_state()

    @worker
    async def choose_model(self, then: str | None = None) -> None:
        """Let the user choose a model, and ask it what is written already."""
        if self.answer is not None:
            self.hfterm.say(BUSY, "warn")  # its engine would be closed
            return
        await self._opened.wait()
        now = self.view.model if self.view else ""
        model = await self.app.push_screen_wait(ModelPicker(self.desk.find_models, now))
        if model is not None and is_url(model) and "#" not in model:
            names = await asyncio.to_thread(self.desk.models_at, model)
            if len(names) > 1:
                model = await self.app.push_screen_wait(ModelPicker(lambda _: names, title="Which of its models"))
        if model is not None:
            self.show(await self.off(self.desk.choose_model, model))
            self.action_write()
            if then is not None:
                self.ask(then)

    @worker
    async def ask(self, text: str) -> None:
        """Add a question, or what was edited, and have it answered."""
        with self.asking():
            await self._opened.wait()
            if self.view is None or not self.view.model:
                self.choose_model(then=text)
                return
            edited, self.editing = self.editing, None
            prompt = self.prompt
            prompt.remember(text)
            prompt.write("")
            try:
                if edited is not None and edited.role == "assistant":
                    self.show(await self.off(self.desk.edit, edited, text))
                    self.list_sessions()
                else:
                    await self.listen(await self.off(self.desk.ask, text, edited))
            except HftermError:
                self.editing = edited
                prompt.write(text)
                self.show_prompt()
                raise

    async def listen(self, answering: "Answering") -> None:
        """Show an answer as it comes."""
        self.failed = None
        answer = self.answer = Answer(answering, self._tell)
        if self.stop_early:
            answer.stop()
        self.conversation.action_last()
        self.show(await self.off(self.desk.view))
        self._run(answer)
        self.list_sessions()
        self.refresh_bindings()

    def _tell(self, answer: Answer) -> None:
        """In the answer's thread: there is something to take."""
        self.post_message(self.Heard(answer))

    @work(thread=True, group="answer")
    def _run(self, answer: Answer) -> None:
        answer.run()

    def on_chat_frame_heard(self, message: Heard) -> None:
        """Show it soon, but not too often."""
        if self._planned or message.answer is not self.answer:
            return
        pace = max(SLOW_PACE if self.hfterm.behind() else PACE, self._cost / BUSY_SHARE)
        wait = self._painted + pace - time.monotonic()
        if wait <= 0:
            self._take()
        else:
            self._planned = True
            self.set_timer(wait, self._take)

    def _take(self) -> None:
        self._planned = False
        answer = self.answer
        if answer is None:
            return
        began = time.monotonic()
        ended = answer.take()
        if self.view is not None and answer.session_id == self.view.id:
            self.conversation.grown()
            self.show_state()
        if ended:
            self._finish(answer)
        self._painted = time.monotonic()
        self._cost = self._painted - began + self.conversation.cost

    @worker
    async def _finish(self, answer: Answer) -> None:
        """The answer as it was saved, and why it broke off if it did."""
        self.answer, error, message = None, answer.error, answer.answering.message
        if error is not None:
            known = translate(error)
            if known is None:
                raise error
            answer.lines.note(redact(str(known)))
            self.hfterm.say(str(known), "bad")
            self.failed = answer if message is None else None
        elif message is None:
            self.hfterm.say("stopped before the first word", "warn")
        if self.view is not None and self.view.id == answer.session_id:
            if message is not None:
                self._known[message.id] = answer.lines
            self.show(await self.off(self.desk.view))
        elif error is None:
            self.hfterm.say(f"answered: {answer.answering.session.title}", "good")
        self.list_sessions()
