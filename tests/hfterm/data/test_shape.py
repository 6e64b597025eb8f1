"""Rows drawn, mixed up and put in order, out of records that no table could hold as they are."""

from pathlib import Path

import pytest

from hfterm.data import engine, shape, source
from hfterm.data.rows import Rows
from hfterm.errors import HftermError

# Names that differ only in case, of one field; and one twice.
ODD = [
    '{"a":{"p":1,"P":2},"s":"z"}',
    '{"s": "y", "s": 1, "a":[1,"x"]}',
    '{"s":"x" , "n":123456789012345678901234567890}',
]


def lines(rows: Rows) -> list[str]:
    return b"".join(rows.lines()).decode().splitlines()


def named(path: Path, text: str) -> list[source.Source]:
    path.write_text(text)
    return source.sources([str(path)])


def test_records_are_drawn_whatever_is_in_them(tmp_path: Path) -> None:
    con = engine.connect(threads=1)
    odd = named(tmp_path / "odd.jsonl", "".join(line + "\n" for line in ODD))
    assert lines(shape.last(con, odd, 2)) == ODD[1:] == lines(shape.sampled(con, odd, 9, seed=1))[1:]
    assert sorted(lines(shape.shuffled(con, odd, seed=1))) == sorted(ODD)
    assert lines(shape.sampled(con, named(tmp_path / "none.jsonl", "\n \n"), 3, seed=1)) == []


@pytest.mark.parametrize("line", ["null", "[1]", '{"a":'])
def test_a_bad_line_is_named_where_no_field_is_read(tmp_path: Path, line: str) -> None:
    rows = named(tmp_path / "bad.jsonl", f'{{"a":1}}\n\n{line}\n')
    with pytest.raises(HftermError, match="line 3 is not"):
        lines(shape.last(engine.connect(threads=1), rows, 1))


def test_a_very_long_record_is_drawn_too(tmp_path: Path) -> None:
    long = '{"a":"' + "x" * (17 << 20) + '"}'
    rows = named(tmp_path / "long.jsonl", f'{long}\n{{"a":"y"}}\n')
    assert lines(shape.last(engine.connect(threads=1), rows, 2)) == [long, '{"a":"y"}']


def test_order_and_equality_are_those_of_the_columns_named(tmp_path: Path) -> None:
    con = engine.connect(threads=1)
    texts = ['{"n":10,"o":{"k":2}}', '{"o":{"k":1.5},"n":9}', '{"n": 9 , "o":null}', '{"n":9.5}']
    rows = named(tmp_path / "rows.jsonl", "".join(line + "\n" for line in texts))
    assert lines(shape.ordered(con, rows, "n DESC")) == [texts[at] for at in (0, 3, 1, 2)]
    assert lines(shape.ordered(con, rows, "o.k, n")) == [texts[at] for at in (1, 0, 2, 3)]
    assert lines(shape.distinct(con, rows, ["n"])) == [texts[at] for at in (0, 1, 3)]
    assert lines(shape.distinct(con, rows)) == texts
