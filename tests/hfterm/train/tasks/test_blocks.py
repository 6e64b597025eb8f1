from pathlib import Path

import pytest

from hfterm.errors import HftermError
from hfterm.train.places import Place
from hfterm.train.tasks import blocks
from hfterm.train.tasks.blocks import Blocks


def rows(made: Blocks) -> list[list[int]]:
    return [made.table[at]["input_ids"] for at in range(len(made.table))]


def test_documents_run_on_from_block_to_block() -> None:
    made = Blocks(4)
    for number, document in enumerate(([1, 2, 3], [4, 5, 6, 7, 8, 9], [10]), 1):
        made.add(Place("a", number), document)
    assert made.finish(keep=True) == 0
    assert rows(made) == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]
    # The record that each block begins in.
    assert list(made.table.places) == [("a", 1), ("a", 2), ("a", 2)]
    assert (made.documents, made.tokens, made.largest) == (3, 10, 10)


def test_what_fills_no_block() -> None:
    made = Blocks(4)
    made.add(Place("a", 1), [1, 2, 3, 4, 5, 6])
    assert made.finish(keep=False) == 2 and rows(made) == [[1, 2, 3, 4]]
    alone = Blocks(4)
    alone.add(Place("a", 1), [1])  # a single token has nothing to be predicted from
    assert alone.finish(keep=True) == 1 and not len(alone.table)


def test_text_files_keep_their_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "CHARACTERS", 4)
    (tmp_path / "a.txt").write_bytes("\ufeffone\r\n\ntwo\n".encode())
    assert [*blocks.whole_text(tmp_path / "a.txt")] == ["one\r\n", "\ntwo\n"]
    (tmp_path / "b.txt").write_bytes(b"ok\n\xff")
    with pytest.raises(HftermError, match="is not UTF-8"):
        list(blocks.whole_text(tmp_path / "b.txt"))


def test_records_have_texts_or_ids() -> None:
    assert blocks.documents({"text": "a"}) == "a"
    assert blocks.documents({"input_ids": [1, 2], "segment_ids": [1, 1]}) == [1, 2]
    with pytest.raises(HftermError, match="no text in it"):
        blocks.documents({"input_ids": ["a"]})


def test_some_blocks_are_kept() -> None:
    made = Blocks(2)
    made.add(Place("a", 1), [1, 2, 3, 4])
    made.add(Place("b", 2), [5, 6])
    made.finish(keep=True)
    made.keep(lambda places: (at for at in places if at != 1))
    assert rows(made) == [[1, 2], [5, 6]] and list(made.table.places) == [("a", 1), ("b", 2)] and made.tokens == 4
