"""``hfterm data format`` and ``validate``, through a real process."""

import json
from pathlib import Path

import pytest

from support.cli import Hfterm
from support.tiny import CHAT_TEMPLATE
from support.trained import trained

ROWS = '{"question":"q","answer":42}\n\n{"nope":1}\n{bad\n{"prompt":"é","completion":"a","id":7}\n'
CHATS = [
    {"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "42"}]},
    {"messages": [{"role": "user", "content": "é"}, {"role": "assistant", "content": "a"}]},
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "rows.jsonl"
    made.write_text(ROWS)
    return made


def test_rows_that_cannot_be_turned(hfterm: Hfterm, path: Path) -> None:
    stopped = hfterm("data", "format", path, "--to", "chat", check=1)
    assert "row 3 cannot be turned into chat" in stopped.stderr and len(stopped.stderr.splitlines()) == 1
    bad = path.parent / "bad.jsonl"
    done = hfterm("data", "format", "--to", "chat", "--bad", bad, stdin=ROWS, check=0)
    assert [json.loads(line) for line in done.lines] == CHATS
    assert [line.split("left out ")[1].split(":")[0] for line in done.stderr.splitlines()] == [
        "line 3 of standard input",
        "line 4 of standard input",
    ]
    assert bad.read_text() == '{"nope":1}\n{bad\n'
    kept = hfterm("data", "format", path, "--to", "chat", "--skip-bad", "--keep", check=0)
    assert json.loads(kept.lines[1]) == CHATS[1] | {"id": 7}
    csv = hfterm(
        "data",
        "format",
        "--to",
        "chat",
        "--skip-bad",
        "--input-format",
        "csv",
        stdin="question,answer\nq,\nq,42\n",
        check=0,
    )
    assert [json.loads(line) for line in csv.lines] == CHATS[:1] and "left out row 1" in csv.stderr


def test_files_and_templates(hfterm: Hfterm, path: Path) -> None:
    target = path.parent / "chats.parquet"
    done = hfterm("data", "format", path, "--to", "chat", "--skip-bad", "-o", target, check=0)
    assert done.lines == [str(target)]
    assert [json.loads(line) for line in hfterm("data", "cat", target, check=0).lines] == CHATS
    model = trained(path.parent / "tiny")
    (model / "chat_template.jinja").write_text(CHAT_TEMPLATE)
    text = hfterm("data", "format", target, "--to", "text", "--tok", model, check=0)
    assert json.loads(text.lines[0]) == {"text": "<|user|>q<|end|>\n<|assistant|>42<|end|>\n"}
    assert "--tok is for --to text" in hfterm("data", "format", target, "--to", "chat", "--tok", model, check=2).stderr


def test_validate_says_what_is_wrong_and_where(hfterm: Hfterm, path: Path) -> None:
    done = hfterm("data", "validate", path, "--for", "sft", check=6)
    assert [json.loads(line)["row"] for line in done.lines] == [3, 4]
    assert "2 of 4 rows cannot be used for sft" in done.stderr
    few = hfterm("data", "validate", path, "--for", "sft", "--max-errors", "1", check=6)
    assert len(few.lines) == 1 and "--max-errors 1" in few.stderr
    left = hfterm("data", "validate", path, "--for", "sft", "--skip-bad", check=6)
    assert "left out line 4" in left.stderr and "1 of 3 rows" in left.stderr
    good = hfterm("data", "validate", "--for", "grpo", stdin='{"prompt":"q"}\n', check=0)
    assert good.stdout == "" and "1 row can be used for grpo" in good.stderr
    assert "holds no rows" in hfterm("data", "validate", "--for", "sft", stdin="", check=6).stderr
