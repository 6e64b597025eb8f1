"""Chat: what its keys do."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from hfterm.dashboard import keys
from hfterm.dashboard.screens.ask import Ask, Choice
from hfterm.dashboard.screens.ask_text import AskText
from hfterm.dashboard.screens.chat_frame import BUSY, ChatFrame
from hfterm.dashboard.widgets.session_list import SessionList
from hfterm.dashboard.worker import worker
from hfterm.errors import UsageError

if TYPE_CHECKING:
    from hfterm.chat.message import Message


class ChatScreen(ChatFrame):
    """Talk to a model."""

    CSS_PATH = "chat.tcss"
    TITLE = "Chat"
    AUTO_FOCUS = "Conversation"
    # Esc stops an answer before it leaves the prompt.
    BINDINGS: ClassVar[Any] = [dataclasses.replace(b, priority=b.id == "chat.stop") for b in keys.bindings("chat")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what is not there do nothing, and are not shown."""
        if action == "stop_answer":
            return self.busy
        if action in ("again", "edit", "older", "newer"):
            chosen = self.conversation.current if self.is_mounted and not self.busy else None
            return chosen is not None and (action in ("again", "edit") or chosen.place[1] > 1)
        return True

    def on_conversation_chosen(self) -> None:
        """Other keys may work."""
        self.refresh_bindings()

    def on_prompt_left(self) -> None:
        """Esc in the prompt: what was being edited is as it was, else to the conversation."""
        if self.editing is not None:
            self.editing = None
            self.prompt.write("")
            self.show_prompt()
        self.conversation.focus()

    def action_back(self) -> None:
        """Undo the innermost: zoom, a search, the list over the conversation; then home."""
        if self.maximized is not None:
            self.minimize()
        elif self.chats.filter:
            self.chats.set_filter("")
        elif self.has_class("-listed"):
            self.remove_class("-listed")
            self.conversation.focus()
        else:
            self.hfterm.action_goto("home")

    def action_stop_answer(self) -> None:
        """End the answer; what has come is kept."""
        if self.answer is not None:
            self.answer.stop()
            self.show_state()
        else:
            self.stop_early = True

    # Conversations.

    def action_new(self) -> None:
        """A new conversation like this one."""
        self.begin(None)
        self.action_write()

    def action_sessions(self) -> None:
        """To the list; where it has the focus, hide it."""
        chats = self.chats
        if chats.has_focus:
            self.remove_class("-listed")
            self.set_class(not self.has_class("-narrow"), "-hidden")
            self.conversation.focus()
        else:
            self.remove_class("-hidden")
            self.add_class("-listed")
            chats.focus()
        self.list_sessions()

    def action_filter(self) -> None:
        """Search in the saved conversations, wherever one is."""
        if not self.chats.has_focus:
            self.remove_class("-hidden")
            self.add_class("-listed")
            self.chats.focus()
        super().action_filter()

    def on_session_list_search(self, event: SessionList.Search) -> None:
        """Look in the store."""
        self.list_sessions()

    def on_virtual_list_chosen(self, event: SessionList.Chosen) -> None:
        """Open a saved conversation."""
        self.open(event.row.id)
        self.remove_class("-listed")
        self.conversation.focus()

    @worker
    async def open(self, id: str) -> None:
        """Show a saved conversation at its end, or at the first message that has what was searched."""
        from hfterm.chat.find import terms

        words = [term.casefold() for term in terms(self.chats.filter)]
        self.conversation.action_last()
        view = await self.off(self.desk.open, id)
        found = (m for m, _ in view.messages if any(word in m.content.casefold() for word in words))
        self.show(view, next(found, None))

    def _marked(self) -> list[tuple[str, str]]:
        """Ids and titles: of the chosen rows where the list has the focus, else of the open conversation."""
        if self.chats.has_focus:
            return [(row.id, row.title) for row in self.chats.chosen()]
        return [(self.view.id, self.view.title)] if self.view is not None and self.view.messages else []

    def _may_change(self, what: str) -> bool:
        """In the demo the conversations are pretended too."""
        return self.hfterm.sources.pretend or self.hfterm.allowed(what)

    @worker
    async def action_delete(self) -> None:
        """Delete conversations, once that is meant."""
        rows = self._marked()
        if not rows or not self._may_change("delete a conversation"):
            return
        if self.answer is not None and self.answer.session_id in [id for id, _ in rows]:
            self.hfterm.say("still answering there: Esc stops it", "warn")
            return
        what = f"{len(rows)} conversations" if len(rows) > 1 else "the conversation"
        choices = [Choice("d", "delete them" if len(rows) > 1 else "delete it", "bad")]
        shown = [title for _, title in rows[:8]] + ([f"and {len(rows) - 8} more"] if len(rows) > 8 else [])
        if await self.app.push_screen_wait(Ask(f"Delete {what}?", choices, shown)) != "d":
            return
        ids = [id for id, _ in rows]
        await self.off(self.desk.delete, ids)
        self.chats.marked -= set(ids)
        if self.view is not None and self.view.id in ids:
            self.show(await self.off(self.desk.view))
        self.list_sessions()

    @worker
    async def action_rename(self) -> None:
        """Another title."""
        rows = self._marked()[:1]
        if not rows or not self._may_change("rename a conversation"):
            return

        def check(text: str) -> None:
            if not text.strip():
                raise UsageError("a title cannot be empty")

        id, title = rows[0]
        new = await self.app.push_screen_wait(AskText("Title", title, check=check))
        if new is not None and new != title:
            await self.off(self.desk.rename, id, new)
            if self.view is not None and self.view.id == id:
                self.show(await self.off(self.desk.view))
            self.list_sessions()

    @worker
    async def action_export(self) -> None:
        """Write conversations to a file."""
        rows = self._marked()
        if not rows:
            self.hfterm.say("nothing was said yet", "warn")
            return
        if not self.hfterm.allowed("write a file"):
            return
        name = f"{len(rows)}-chats" if len(rows) > 1 else slug(rows[0][1])
        hint = "NAME.jsonl: chat records, as hfterm train sft takes them; NAME.md: Markdown"
        text = await self.app.push_screen_wait(AskText("Export to", f"{name}.jsonl", hint, check_path))
        if text is None:
            return
        path, append = Path(text.strip()).expanduser(), False
        if path.exists():
            choices = [Choice("o", "overwrite it", "bad"), Choice("a", "add to its end")]
            answer = await self.app.push_screen_wait(Ask(f"{path.name} is there already", choices))
            if answer is None:
                return
            append = answer == "a"
        count = await self.off(self.desk.export, [id for id, _ in rows], path, append=append)
        what = "conversation" if count == 1 else "conversations"
        self.hfterm.say(f"{'added' if append else 'wrote'} {count} {what}: {path}", "good")

    # Models and settings.

    def action_model(self) -> None:
        """Choose the model."""
        self.choose_model()

    @worker
    async def action_settings(self) -> None:
        """System prompt and sampling."""
        from hfterm.dashboard.screens.chat_settings import ChatSettings, SettingsScreen

        if self.view is None:
            return
        now = ChatSettings(self.view.system, self.view.sampling)
        chosen = await self.app.push_screen_wait(SettingsScreen(now))
        if chosen is not None and chosen != now:
            self.show(await self.off(self.desk.settle, *chosen))

    # Messages.

    def _current(self) -> "Message | None":
        """The chosen message, unless something else has to end first."""
        chosen = self.conversation.current
        if self.busy:
            self.hfterm.say(BUSY, "warn")
        elif chosen is None or chosen.message is None:
            self.hfterm.say("nothing was said yet" if chosen is None else "P changes the system prompt", "warn")
        else:
            return chosen.message
        return None

    @worker
    async def action_again(self) -> None:
        """Another answer beside the chosen one, or to the chosen question."""
        message = self._current()
        if message is not None:
            with self.asking():
                await self.listen(await self.off(self.desk.again, message))

    def action_edit(self) -> None:
        """Put the chosen message in the prompt; sending it makes a branch."""
        message = self._current()
        if message is not None:
            self.editing = message
            self.prompt.write(message.content)
            self.show_prompt()
            self.prompt.focus()

    def action_older(self) -> None:
        """The sibling before."""
        self.go_beside(-1)

    def action_newer(self) -> None:
        """The sibling after."""
        self.go_beside(1)

    @worker
    async def go_beside(self, step: int) -> None:
        """Show the branch through a sibling of the chosen message."""
        message = self._current()
        if message is None:
            return
        with self.asking():
            found = await self.off(self.desk.beside, message, step)
        if found is None:
            self.hfterm.say("no other there: R answers again, e edits", "warn")
        else:
            view, sibling = found
            self.show(view, sibling)

    def action_thoughts(self) -> None:
        """Show what the model thought, or hide it."""
        pane = self.conversation
        show = not any(message.show_thinking for message in pane.messages)
        for message in pane.messages:
            message.toggle_thinking(show)
        if not any(message.thinking for message in pane.messages):
            self.hfterm.say("this model has not thought aloud", "warn")
        pane.grown()

    def action_copy_message(self) -> None:
        """Copy the chosen message."""
        text, _ = self.conversation.copied_message()
        if text:
            self.hfterm.copy_text(text)


def slug(title: str) -> str:
    """A file's name from a title."""
    words = "".join(c if c.isalnum() else " " for c in title).split()
    return "-".join(words)[:40].strip("-").lower() or "chat"


def check_path(text: str) -> None:
    """Raises UsageError where no file can be written."""
    path = Path(text.strip()).expanduser()
    if not text.strip():
        raise UsageError("a name is needed")
    if path.is_dir():
        raise UsageError(f"{text.strip()} is a folder")
    if not path.parent.is_dir():
        raise UsageError(f"no such folder: {path.parent}")
