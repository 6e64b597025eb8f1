import queue
import sys
from typing import Any

import pytest

from hfterm.inference import child as child_module
from hfterm.inference.child import KEPT_STDERR, Child

ECHO = """
import json, os, sys
print("a library's chatter", end="")
print()
for line in sys.stdin:
    message = json.loads(line)
    if "die" in message:
        sys.stderr.write("x" * 100_000 + "\\nlast words")
        sys.stderr.flush()
        os._exit(message["die"])
    print(json.dumps({"length": len(message["text"])}), flush=True)
    print("[1, 2]\\n{torn", flush=True)
"""


def started(code: str = ECHO) -> "tuple[Child, queue.Queue[Any]]":
    inbox: queue.Queue[Any] = queue.Queue()
    child = Child([sys.executable, "-c", code], on_message=inbox.put, on_end=lambda *end: inbox.put(end))
    return child, inbox


def test_objects_go_and_come_and_the_rest_is_passed_over() -> None:
    child, inbox = started()
    for length in (0, 5, 3_000_000):
        child.send({"text": "é" * length})
        assert inbox.get(timeout=60) == {"length": length}
    child.close()
    code, stderr = inbox.get(timeout=60)
    assert (code, stderr) == (0, "")
    child.send({"text": "nobody there"})
    child.close()
    assert inbox.empty()


def test_its_last_words_are_kept() -> None:
    child, inbox = started()
    child.send({"die": 3})
    code, stderr = inbox.get(timeout=60)
    assert code == 3
    assert stderr.endswith("x\nlast words") and len(stderr) == KEPT_STDERR
    child.close()


def test_one_that_does_not_leave_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "PATIENCE_SECONDS", 0.1)
    child, inbox = started("import time\nprint('{}', flush=True)\nwhile True: time.sleep(1)")
    assert inbox.get(timeout=60) == {}
    child._process.stdin.close()  # type: ignore[union-attr]
    child.close()
    assert inbox.get(timeout=60)[0] == -9
