"""Expressions over JSON Lines: exact, in order, whatever the blocks."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest

from hfterm.data import engine
from hfterm.data.blocks import blocks
from hfterm.data.lines import Pipeline, keeping, making
from hfterm.errors import HftermError, UsageError
from hfterm.records import BadRecord


def run(path: Path, make: Any, *, size: int = 1 << 20, workers: int | None = None, on_bad: Any = None) -> list[str]:
    con = engine.connect(threads=1)
    pipeline = Pipeline(con, make(con), workers=workers, on_bad=on_bad)
    return b"".join(pipeline.run(blocks(str(path), size=size))).decode().splitlines()


def kept(path: Path, text: str, **how: Any) -> list[str]:
    return run(path, lambda con: keeping(con, text, "the file"), **how)


def made(path: Path, text: str, *, add: bool = True, **how: Any) -> list[str]:
    return run(path, lambda con: making(con, text, "the file", add=add), **how)


def lines_file(folder: Path, *lines: str | bytes) -> Path:
    path = folder / "rows.jsonl"
    path.write_bytes(b"".join((line if isinstance(line, bytes) else line.encode()) + b"\n" for line in lines))
    return path


@pytest.mark.parametrize("size", [512, 1 << 20])
@pytest.mark.parametrize("workers", [1, 3])
def test_what_is_kept_is_what_python_would_keep_byte_for_byte(tmp_path: Path, size: int, workers: int) -> None:
    draw = random.Random(7)
    rows = [
        {"id": i, "score": round(draw.random(), 3), "lang": draw.choice(["en", "de", "é"]), "tags": ["a"] * (i % 4)}
        for i in range(3000)
    ]
    texts = [json.dumps(row, ensure_ascii=i % 2 == 0, separators=(", ", " : ")) for i, row in enumerate(rows)]
    path = lines_file(tmp_path, *texts)
    want = [t for t, row in zip(texts, rows, strict=True) if row["score"] > 0.5 and row["lang"] == "é"]  # type: ignore[operator]
    assert len(want) > 100
    assert kept(path, "score > 0.5 AND lang = 'é'", size=size, workers=workers) == want
    assert kept(path, "len(tags) = 3", size=size, workers=workers) == texts[3::4]


def test_numbers_are_never_rounded(tmp_path: Path) -> None:
    whole = [f'{{"a":{i}}}' for i in range(2000)]  # more than the sample
    path = lines_file(tmp_path, *whole, '{"a":1.5}', '{"a":9007199254740993}', '{"a":1e3}')
    assert kept(path, "a = 1.5") == ['{"a":1.5}']
    assert kept(path, "a = 2") == ['{"a":2}']
    assert kept(path, "a > 1 AND a < 2") == ['{"a":1.5}']
    exact = lines_file(tmp_path, '{"a":9007199254740993}', '{"a":9007199254740992}', '{"a":18446744073709551615}')
    assert kept(exact, "a = 9007199254740993") == ['{"a":9007199254740993}']
    assert kept(exact, "a > 9007199254740993") == ['{"a":18446744073709551615}']


def test_other_fields_stay_as_they_were_written(tmp_path: Path) -> None:
    path = lines_file(
        tmp_path, '{"big":123456789012345678901234567890,"f":1.10, "s":"\\u00e9" , "a":1}', "{}", '{"a": 2 }'
    )
    assert made(path, "coalesce(a, 0) * 2 AS b") == [
        '{"big":123456789012345678901234567890,"f":1.10, "s":"\\u00e9" , "a":1,"b":2}',
        '{"b":0}',
        '{"a": 2,"b":4}',
    ]
    assert made(path, "f, a AS x", add=False) == ['{"f":1.1,"x":1}', '{"f":null,"x":null}', '{"f":null,"x":2}']
    replaced = [json.loads(line) for line in made(path, "coalesce(a, 0) + 1 AS a")]
    assert [row["a"] for row in replaced] == [2, 1, 3] and replaced[0]["big"] == 123456789012345678901234567890


def test_many_columns_cost_no_more_than_each_of_them(tmp_path: Path) -> None:
    path = lines_file(tmp_path, '{"a":1}', '{"a":2,"b7":0 }', '{"\\u0062\\u0032":0,"a":3}', "{ }")
    found = made(path, ", ".join(f"a + {i} AS b{i}" for i in range(20)))
    assert found[0] == json.dumps({"a": 1, **{f"b{i}": 1 + i for i in range(20)}}, separators=(",", ":"))
    want = [{f"b{i}": a and a + i for i in range(20)} for a in (2, 3, None)]
    assert [json.loads(line) for line in found[1:]] == [{"a": 2} | want[0], {"a": 3} | want[1], want[2]]
    assert found[1].startswith('{"a":2,"b7":9,') and found[2].startswith('{"b2":5,"a":3,')  # in their places


def test_names_of_every_kind(tmp_path: Path) -> None:
    row = {"a b": 1, 'x"y': 2, "é": 3, "a/b~c": 4, "{z}": 5, "row": 6}
    path = lines_file(tmp_path, json.dumps(row, ensure_ascii=False))
    text = '"a b", "x""y", é, "a/b~c", "{z}", row'
    assert json.loads(made(path, text, add=False)[0]) == row
    again = json.loads(made(path, '"a/b~c" + 1 AS "a/b~c", "{z}" + 1, 0 AS "new{}é"')[0])
    assert again == {**row, "a/b~c": 5, "{z}": 6, "new{}é": 0}
    lower = lines_file(tmp_path, '{"A":1,"a":2}')
    assert kept(lower, "a = 2") == kept(lower, '"A" = 1') == ['{"A":1,"a":2}']


def test_a_field_that_comes_late_is_read_out_of_the_row(tmp_path: Path) -> None:
    path = lines_file(tmp_path, *['{"a":1}'] * 5000, '{"a":1,"b":"x"}')
    assert kept(path, "row->>'b' = 'x'") == ['{"a":1,"b":"x"}']
    assert kept(path, "b = 'x'") == ['{"a":1,"b":"x"}']  # in the first block
    with pytest.raises(UsageError, match="no column 'b' in the first rows of the file"):
        kept(path, "b = 'x'", size=256)


def test_mixed_kinds_want_a_cast(tmp_path: Path) -> None:
    path = lines_file(tmp_path, '{"a":1}', '{"a":"x"}', '{"a":2.5}', '{"a":null}')
    with pytest.raises(UsageError, match="cannot compare values of type VARCHAR"):
        kept(path, "a > 0")
    assert kept(path, "try_cast(a AS DOUBLE) > 1") == ['{"a":2.5}']
    assert kept(path, "a = 'x'") == ['{"a":"x"}']


def test_a_value_that_does_not_fit_names_its_line(tmp_path: Path) -> None:
    path = lines_file(tmp_path, *['{"a":1}', ""] * 1500, '{"a":"x"}', '{"a":2}')
    with pytest.raises(BadRecord, match=r"line 3001 has \"x\" in column 'a', which held numbers before"):
        kept(path, "a > 0")
    told: list[Any] = []
    assert len(kept(path, "a > 0", on_bad=lambda *bad: told.append(bad))) == 1501
    assert [(number, line) for _, number, _, line in told] == [(3001, b'{"a":"x"}')]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"a":', "is not JSON"),
        (b"[1]", "is not a JSON object"),
        (b'"x"', "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b'{"a":"\xff"}', "is not UTF-8"),
        (b'{"a":"\\ud800"}', "half of a surrogate pair"),
        (b'{"a":' + b"[" * 30000, "nested too deeply"),
    ],
)
def test_bad_lines_are_named_or_left_out(tmp_path: Path, line: bytes, why: str) -> None:
    path = lines_file(tmp_path, '{"a":1}', line, "", '{"a":2}')
    with pytest.raises(BadRecord, match=f"line 2 .*{why}"):
        kept(path, "a > 0")
    told: list[Any] = []
    assert kept(path, "a > 0", on_bad=lambda *bad: told.append(bad)) == ['{"a":1}', '{"a":2}']
    assert [(number, bad) for _, number, _, bad in told] == [(2, line)] and why in told[0][2]


def test_what_cannot_be_an_expression_is_refused(tmp_path: Path) -> None:
    path = lines_file(tmp_path, '{"a":1,"text":"x"}')
    for text, words in {
        "a >": "syntax error",
        "a = '\udc80'": "not UTF-8",
        "": "empty condition",
        "a) OR (1=1; DROP TABLE x": "syntax error",
        "sum(a) > 1": "aggregates",
        "row_number() OVER () < 3": "looks at other rows",
        "lowr(text) = 'x'": "lowr",
        "txt = 'x'": "did you mean text",
    }.items():
        with pytest.raises(UsageError, match=words):
            kept(path, text)
    for text, words in {
        "*": "stands for nothing known",
        "sum(a)": "GROUP BY|aggregate",
        "a, a": "twice",
        "a FROM b": "only expressions",
    }.items():
        with pytest.raises(UsageError, match=words):
            made(path, text)


def test_what_json_has_no_word_for(tmp_path: Path) -> None:
    path = lines_file(tmp_path, '{"a":1,"t":"2024-05-06 07:08:09.5"}')
    text = (
        "'nan'::DOUBLE AS n, 'inf'::DOUBLE AS i, t::TIMESTAMP AS t, 'ab'::BLOB AS b, t::TIMESTAMPTZ AS z, [1, 2] AS l"
    )
    row = json.loads(made(path, text, add=False)[0])
    assert row == {
        "n": None,
        "i": None,
        "t": "2024-05-06T07:08:09.5",
        "b": "YWI=",
        "z": "2024-05-06T07:08:09.5Z",
        "l": [1, 2],
    }


def test_nothing_in_nothing_out(tmp_path: Path) -> None:
    assert kept(lines_file(tmp_path), "a > 1") == []
    assert kept(lines_file(tmp_path, "", "  "), "a > 1") == []


def test_a_line_longer_than_any_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hfterm.data.blocks.MAX_LINE_BYTES", 1 << 20)
    path = lines_file(tmp_path, '{"a":1}', '{"a":"' + "x" * (3 << 20) + '"}')
    with pytest.raises(HftermError, match="line 2 is longer than 1 MiB"):
        kept(path, "true")


def test_blocks_hold_whole_lines_and_know_their_numbers(tmp_path: Path) -> None:
    path = lines_file(tmp_path, *(f'{{"a":"{"x" * (i % 50)}"}}' for i in range(500)))
    found = list(blocks(str(path), size=300))
    assert b"".join(block.data for block in found) == path.read_bytes() and len(found) > 20
    number = 1
    for block in found:
        assert block.first == number and block.data.endswith(b"\n")
        number += block.data.count(b"\n")


def test_a_stream_gives_the_same_blocks_as_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    path = lines_file(tmp_path, *(f'{{"a":{i}}}' for i in range(5000)))
    packed = tmp_path / "rows.jsonl.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + path.read_bytes()))
    assert b"".join(b.data for b in blocks(str(packed), size=512)) == path.read_bytes()
    with io.TextIOWrapper(path.open("rb")) as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert b"".join(b.data for b in blocks("-", size=512)) == path.read_bytes()
    packed.write_bytes(packed.read_bytes()[:-20])
    with pytest.raises(HftermError, match="half-written gzip"):
        list(blocks(str(packed)))


def test_lines_are_counted_from_wherever_one_asks(tmp_path: Path) -> None:
    path = lines_file(tmp_path, *(f'{{"a":"{"x" * (i % 50)}"}}' for i in range(500)))
    found = list(blocks(str(path), size=300))
    draw = random.Random(3)
    order = draw.sample(range(len(found)), len(found))
    firsts = {at: found[at].first for at in order}  # each counted from the nearest one known
    ends = [block.data.count(b"\n") for block in found]
    assert [firsts[at] for at in range(len(found))] == [1 + sum(ends[:at]) for at in range(len(found))]


def test_a_column_that_another_block_widens_at_the_same_time(tmp_path: Path) -> None:
    class Overtaken(Pipeline):
        def _answer(self, *given: Any) -> Any:
            self.kinds["x"] = "DOUBLE"
            return super()._answer(*given)

    path = tmp_path / "rows.jsonl"
    path.write_text("".join(f'{{"x":{n}}}\n' for n in [*range(1500), 0.5]))
    con = engine.connect(threads=1)
    lines = b"".join(Overtaken(con, making(con, "x + 1 AS x", "the file", add=True)).run(blocks(str(path))))
    assert lines.splitlines()[-2:] == [b'{"x":1500.0}', b'{"x":1.5}']
