"""Saved conversations for the demo: there is something to open, to search and to switch between."""

from typing import TYPE_CHECKING

from hfterm.inference.pretend import ANSWERS
from hfterm.inference.sampling import Sampling

if TYPE_CHECKING:
    from hfterm.chat.store import Store

MODEL = "demo-7b-instruct"
# Conversations from the oldest to the newest: questions, and which answers they get.
TALKS = (
    (("My loss is NaN after 200 steps. Why?", 2),),
    (("How do I read a large JSON Lines file?", 1), ("And which learning rate do I train with then?", 0)),
    (("Which learning rate for LoRA?", 0), ("What else should I check before a long run?", 2)),
)


def fill(store: "Store") -> None:
    """Put them in."""
    for talk in TALKS:
        session = store.create(MODEL, system="Answer in a few words.", sampling=Sampling(temperature=0.7))
        said = 12
        for question, answer in talk:
            text = ANSWERS[answer]
            asked, tokens = said + len(question) // 4, len(text) // 4
            stats = {
                "prompt_tokens": asked, "completion_tokens": tokens, "tokens_per_second": 41.7,
                "first_token_seconds": 0.18, "seconds": round(0.18 + tokens / 41.7, 2),
            }  # fmt: skip
            session.add("user", question)
            session.add("assistant", text, model=MODEL, stop="end", stats=stats)
            said = asked + tokens
