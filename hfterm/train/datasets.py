"""What the trainers take: ``datasets.Dataset`` tables made in memory, without a cache on disk."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hfterm.train.examples import Examples


def of_examples(examples: Examples) -> Any:
    """A Dataset with the columns ``input_ids`` and ``labels``, each a list of integers a row."""
    columns = {"input_ids": _lists(examples.ids), "labels": _lists(examples.labels)}
    return _dataset(columns)


def of_rows(rows: Iterable[Mapping[str, Any]]) -> Any:
    """A Dataset of records, columns as the first ones have them."""
    import datasets

    datasets.disable_progress_bars()
    return datasets.Dataset.from_list([dict(row) for row in rows])


def _lists(rows: Sequence["array[int]"]) -> Any:
    """A column of lists of 64-bit integers, without an object a number."""
    import pyarrow as pa

    flat, ends = array("q"), array("q", [0])
    for row in rows:
        flat.extend(row)
        ends.append(len(flat))
    values = pa.Array.from_buffers(pa.int64(), len(flat), [None, pa.py_buffer(flat)])
    offsets = pa.Array.from_buffers(pa.int64(), len(ends), [None, pa.py_buffer(ends)])
    return pa.LargeListArray.from_arrays(offsets, values)


def _dataset(columns: Mapping[str, Any]) -> Any:
    import datasets
    import pyarrow as pa
    from datasets.table import InMemoryTable

    datasets.disable_progress_bars()
    return datasets.Dataset(InMemoryTable(pa.table(dict(columns))))
