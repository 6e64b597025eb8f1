"""Examples in memory, as the Trainer takes them: columns of numbers, lists of numbers, or anything else."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from hfterm.train.places import Place, Places


class Table:
    """Rows of columns. A list of integers is kept as an array, and comes back as a list."""

    def __init__(self, columns: Sequence[str]) -> None:
        self.columns: dict[str, list[Any]] = {name: [] for name in columns}
        self.places = Places()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def __getitem__(self, index: int) -> dict[str, Any]:
        row = {name: values[index] for name, values in self.columns.items()}
        return {name: value.tolist() if isinstance(value, array) else value for name, value in row.items()}

    def add(self, place: Place, row: Mapping[str, Any]) -> None:
        """Take a row, made of the record at ``place``."""
        for name, values in self.columns.items():
            values.append(packed(row[name]))
        self.places.add(place)


def packed(value: Any) -> Any:
    """A list of integers as an array, anything else as it is."""
    if isinstance(value, list) and value and all(type(one) is int for one in value):
        return array("q", value)
    return value
