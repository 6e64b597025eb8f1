"""Rows in chunks."""

from pathlib import Path

import pytest

from hfterm.data.python.chunks import MOST_ROWS, Pace, chunks, of_sources
from hfterm.data.source import Source


def never() -> None:
    raise AssertionError("the engine is not needed")


def source(folder: Path, *texts: str) -> list[Source]:
    made = []
    for at, text in enumerate(texts):
        path = folder / f"{at}.jsonl"
        path.write_bytes(text.encode())
        made.append(Source(path.name, "jsonl", (str(path),)))
    return made


@pytest.mark.parametrize(("rows", "whole", "sizes"), [(3, 1, [3, 3, 1, 3]), (1, 4, [4, 4, 2]), (9, 4, [4, 4, 2])])
def test_chunks_hold_whole_batches_across_files(tmp_path: Path, rows: int, whole: int, sizes: list[int]) -> None:
    made = source(tmp_path, "".join(f'{{"a":{n}}}\n' for n in range(7)), '{"a":7}\n\n  \n{"a":8}\n{"a":9}')
    pace = Pace()
    pace.rows = rows
    found = [chunk for chunk in chunks(of_sources(never, made), pace, whole) if chunk is not None]
    assert b"".join(line for chunk in found for line in chunk.lines) == b"".join(b'{"a":%d}' % n for n in range(10))
    assert [len(chunk.lines) for chunk in found] == sizes or (whole == 1 and sum(len(c.lines) for c in found) == 10)
    for chunk in found:
        assert sum(place.rows for place in chunk.places) == len(chunk.lines)
    last = [(Path(place.source).name, place.first, place.rows) for place in found[-1].places]
    assert last == [("1.jsonl", 4, 2)]  # the number of the line, blank ones counted


def test_an_empty_file_has_no_chunks(tmp_path: Path) -> None:
    assert not [c for c in chunks(of_sources(never, source(tmp_path, "", "\n \n")), Pace()) if c is not None]


def test_slow_functions_get_few_rows_and_fast_ones_many() -> None:
    pace = Pace()
    pace.learn(1, 5.0)
    assert pace.rows == 1
    for _ in range(20):
        pace.learn(pace.rows, 1e-6)
    assert pace.rows == MOST_ROWS
    pace.learn(MOST_ROWS, 20.0)
    assert pace.rows < 20
