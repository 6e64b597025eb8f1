"""An engine without a model: the same few answers, streamed as a model would, for the demo and for pictures."""

import re
import threading
from collections.abc import Iterator

from hfterm.inference.engine import Event, Loading, Messages, Meter, Piece, State, Stopped, never
from hfterm.inference.sampling import Sampling

ANSWERS = (
    """A learning rate is **how far each step moves the weights**. For a small adapter, begin here:

| what | full fine-tuning | LoRA |
| :--- | ---: | ---: |
| learning rate | 2e-5 | 2e-4 |
| warm-up | 3 % | 3 % |
| epochs | 1 to 3 | 2 to 5 |

Then watch the loss:

1. It falls and flattens: good.
2. It jumps about: halve the rate.
3. It hardly moves: double it.
""",
    """Read the file line by line, so that its size does not matter:

```python
import json

def records(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)
```

The same in a shell:

```sh
jq -c 'select(.loss < 2)' events.jsonl | head
```

> Blank lines are passed over; a torn last line raises an error.
""",
    """Three things are worth a look, in this order:

- **Data.** Ten wrong examples do more harm than a bad learning rate.
  - Read fifty of them yourself.
  - Count the tokens: `hfterm tok count data.jsonl`
- **Length.** What is longer than `--max-length` is cut, and its answer with it.
- **Template.** Train and ask with the same chat template.

When all three are right, train longer.
""",
)
LOADING = ("starting", "reading the weights", "moving to the GPU")
_TOKEN = re.compile(r"\s*\S{1,6}|\s+$")


class PretendEngine:
    """Answers number 1, 2, 3, 1, ... whatever is asked; deterministic.

    ``rate`` is pieces a second (None: as fast as they are taken); ``name`` is shown as the model's.
    """

    detail = ""

    def __init__(self, rate: float | None = 40.0, name: str = "demo-7b-instruct") -> None:
        self.rate, self.name = rate, name
        self._state: State = "idle"
        self._stopped = threading.Event()

    @property
    def state(self) -> State:
        """What it pretends to do."""
        return self._state

    def start(self) -> None:
        """Nothing is loaded."""

    def answer(self, messages: Messages, sampling: Sampling, stopped: Stopped = never) -> Iterator[Event]:
        """Answer; which answer depends on how many questions the conversation has."""
        self._stopped.clear()
        if stopped():
            self._stopped.set()
        if self._state == "idle":
            self._state = "loading"
            for stage in LOADING:
                self.detail = stage
                if not self._stopped.is_set():
                    yield Loading(stage)
                    self._wait(12)
            self.detail = ""
        self._state = "answering"
        asked = sum(m["role"] == "user" for m in messages)
        text = ANSWERS[(max(asked, 1) - 1) % len(ANSWERS)]
        pieces = _TOKEN.findall(text)
        meter, count, stop = Meter(), 0, "end"
        prompt = sum(len(_TOKEN.findall(str(m["content"]))) for m in messages)
        try:
            self._wait(8)
            for piece in pieces:
                if self._stopped.is_set() or count >= sampling.max_new_tokens:
                    stop = "stopped" if self._stopped.is_set() else "length"
                    break
                meter.piece()
                count += 1
                yield Piece(piece)
                self._wait(1)
        finally:
            self._state = "ready"
        yield meter.done(stop, prompt, count)

    def _wait(self, pieces: float) -> None:
        if self.rate:
            self._stopped.wait(pieces / self.rate)

    def stop(self) -> None:
        """End the answer at the next piece."""
        self._stopped.set()

    def close(self) -> None:
        """Stop."""
        self.stop()
