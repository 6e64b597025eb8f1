"""Texts that are nearly the same: found by MinHash, told by the true share of what they have in common.

A text is the set of its shingles: runs of ``shingle`` words, in lower case, without punctuation (one Han, Hiragana,
Katakana or Thai character is a word). How near two texts are is the Jaccard similarity of their sets, |A and B| / |A or
B|. Comparing all pairs takes too long, so candidates are found first:

- MinHash (Broder, "On the resemblance and containment of documents", 1997): for a random order of all shingles two sets
  have the same least one with a chance that is their similarity. Order i is that of ``hash(x ^ c_i)``, where x is the
  shingle's hash, c_i the i-th multiple of 2^64 / golden ratio, and ``hash`` the engine's mixer of 64-bit numbers.
- Bands (Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", 3.4): of b bands of r such values at least one is
  equal with the chance 1 - (1 - s^r)^b. :func:`bands` picks the most selective that miss no more than one pair in
  a thousand at the threshold.

Candidates are then compared by their true sets (of 64-bit hashes), so that nothing is taken for near that is not.
"""

from array import array
from collections.abc import Sequence
from typing import Any

from hfterm.data import engine
from hfterm.data.rows import Rows
from hfterm.data.shape import NUMBER, Shaped, known_columns
from hfterm.data.source import Source

SHINGLE = 3
# So many values are made of a text at most, and so seldom may a pair at the threshold be missed.
VALUES = 128
MISSED = 1e-3

_WORD = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{N}\p{M}_]+"
_STEP = 0x9E3779B97F4A7C15
_SETS, _KEYS = "hfterm_sets", "hfterm_keys"
# The values of so many texts are made at once: about 1 kB of memory for each.
_GROUP = 50_000


def bands(threshold: float) -> tuple[int, int]:
    """How many bands, and of how many values each: the most selective that hardly miss pairs at the threshold."""
    fit = [(VALUES // r, r) for r in range(1, 33) if missed(threshold, VALUES // r, r) <= MISSED]
    return max(fit, key=lambda both: both[1], default=(VALUES, 1))


def missed(similarity: float, count: int, size: int) -> float:
    """The chance that two sets so near are no candidates."""
    return float((1 - similarity**size) ** count)


def sets(text: str, number: str, rows: str, shingle: int) -> str:
    """A query for each text's number ``n`` and set of shingles ``h`` (sorted 64-bit hashes); nulls are left out.

    A text of fewer words is one shingle, and one without words is its own.
    """
    words = f"regexp_extract_all(lower({text}), '{_WORD}')"
    last = f"greatest(len(w) - {shingle - 1}, 1)"
    run = ", ".join(f"w[i + {at}]" for at in range(shingle))
    runs = f"list_transform(range(1, {last} + 1), lambda i: hash({run}))"
    made = f"CASE WHEN len(w) = 0 THEN [hash(t)] ELSE list_sort(list_distinct({runs})) END"
    inner = f"SELECT {number} AS n, {text} AS t, {words} AS w FROM ({rows}) WHERE {text} IS NOT NULL"
    return f"SELECT n, {made} AS h FROM ({inner})"


def signature(count: int, first: int = 0, x: str = "x") -> str:
    """The SQL of so many MinHash values of the hashes in a column, from value ``first`` on: an aggregate."""
    constants = ((at + 1) * _STEP % 2**64 for at in range(first, first + count))
    return f"[{', '.join(f'min(hash(xor({x}, {constant}::UBIGINT)))' for constant in constants)}]"


def repeated(con: Any, rows: str, column: str, threshold: float, shingle: int = SHINGLE) -> list[int]:
    """The numbers (``#n``) of rows whose text is as near as that to one that is kept, in their order.

    Rows are gone through in order; one is kept when it is near to none kept before. Rows without a text are kept.

    Raises:
        duckdb.Error: as the engine raises it.
    """
    count, size = bands(threshold)
    text = f"{engine.identifier(column)}::VARCHAR"
    con.execute(f"CREATE OR REPLACE TABLE {_SETS} AS {sets(text, NUMBER, rows, shingle)}")
    keys = ", ".join(f"hash({at}, {signature(size, at * size)})" for at in range(count))
    con.execute(f"CREATE OR REPLACE TABLE {_KEYS} (n BIGINT, key UBIGINT)")
    ((end,),) = con.execute(f"SELECT coalesce(max(n), 0) FROM {_SETS}").fetchall()
    for at in range(0, end, _GROUP):
        some = f"SELECT n, unnest(h) AS x FROM {_SETS} WHERE n > {at} AND n <= {at + _GROUP}"
        made = f"SELECT n, [{keys}] AS keys FROM ({some}) GROUP BY n"
        con.execute(f"INSERT INTO {_KEYS} SELECT n, unnest(keys) FROM ({made})")
    shared = f"SELECT key FROM {_KEYS} GROUP BY key HAVING count(*) > 1"
    cursor = con.cursor()
    try:
        cursor.execute(
            f"SELECT n, h, keys FROM {_SETS} JOIN (SELECT n, list(key) AS keys FROM {_KEYS} WHERE key IN ({shared}) "
            "GROUP BY n) USING (n) ORDER BY n"
        )
        return _gone(cursor, threshold)
    finally:
        cursor.close()
        con.execute(f"DROP TABLE {_SETS}; DROP TABLE {_KEYS}")


def _gone(cursor: Any, threshold: float) -> list[int]:
    found: list[int] = []
    kept: list[array[int]] = []
    holders: dict[int, list[int]] = {}
    while batch := cursor.fetchmany(1000):
        for number, hashes, keys in batch:
            others = {at for key in keys for at in holders.get(key, ())}
            own = set(hashes) if others else set[int]()
            if any(similarity(own, kept[at]) >= threshold for at in others):
                found.append(number)
                continue
            for key in keys:
                holders.setdefault(key, []).append(len(kept))
            kept.append(array("Q", hashes))
    return found


def similarity(one: "set[int]", other: Sequence[int]) -> float:
    """The Jaccard similarity of two sets; ``other`` repeats nothing."""
    both = sum(map(one.__contains__, other))
    return both / (len(one) + len(other) - both)


def thinned(
    con: Any, sources: Sequence[Source], column: str | None, threshold: float, *, shingle: int = SHINGLE, **how: Any
) -> Rows:
    """The first of the rows whose texts are nearly the same.

    Raises:
        UsageError: the query that is made: there is no such column (none named: no column ``text``).
    """

    def shape(rows: str) -> str:
        (name,) = known_columns(con, rows, [column or "text"], sources)
        gone = repeated(con, rows, name, threshold, shingle)
        con.execute("CREATE OR REPLACE TABLE hfterm_near AS SELECT unnest(?::BIGINT[]) AS n", [gone])
        return f"SELECT * FROM ({rows}) WHERE {NUMBER} NOT IN (SELECT n FROM hfterm_near) ORDER BY {NUMBER}"

    return Shaped(con, sources, shape, reads=[column or "text"], **how)
