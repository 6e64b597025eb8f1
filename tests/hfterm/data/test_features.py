"""Features are those that ``datasets`` makes of the same columns, and are written as it writes them."""

from typing import Any

import pyarrow as pa
import pytest

from hfterm.data import features
from hfterm.errors import UsageError

KINDS = [
    *(pa.string(), pa.large_string(), pa.binary(), pa.bool_(), pa.null(), pa.int8(), pa.uint64()),
    *(pa.float16(), pa.float32(), pa.float64(), pa.decimal128(10, 2), pa.date32(), pa.date64()),
    *(pa.timestamp("us"), pa.timestamp("ns", tz="UTC"), pa.time32("ms"), pa.time64("us"), pa.duration("s")),
    *(pa.list_(pa.int64()), pa.large_list(pa.int64()), pa.list_(pa.float32(), 3), pa.list_(pa.list_(pa.string()))),
    *(pa.struct([("a", pa.int32())]), pa.list_(pa.struct([("a", pa.list_(pa.struct([("b", pa.bool_())])))]))),
]


def test_of_columns() -> None:
    from datasets import Features

    schema = pa.schema([(f"c{at}", kind) for at, kind in enumerate(KINDS)])
    theirs = Features.from_arrow_schema(schema)
    made = features.of_schema(schema)
    assert made == theirs.to_dict()
    assert features.as_yaml(made) == theirs._to_yaml_list()


def test_what_was_noted_is_kept_where_it_still_goes() -> None:
    from datasets import Audio, ClassLabel, Features, Image, List, Sequence, Value

    rich = Features(
        {
            "label": ClassLabel(names=["no", "yes"]),
            "labels": List(ClassLabel(names=["a"])),
            "nested": {"l": ClassLabel(names=["x"]), "v": Value("string")},
            "picture": Image(),
            "pictures": Sequence(Image()),
            "sound": Audio(sampling_rate=16_000),
            "text": Value("string"),
        }
    )
    noted: dict[str, Any] = rich.to_dict()
    assert features.of_schema(rich.arrow_schema, noted) == noted
    assert features.as_yaml(noted) == rich._to_yaml_list()
    changed = pa.schema([("label", pa.string()), ("picture", pa.int64()), ("nested", pa.struct([("l", pa.int64())]))])
    assert features.of_schema(changed, noted) == Features.from_arrow_schema(changed).to_dict()


@pytest.mark.parametrize("kind", [pa.map_(pa.string(), pa.int64()), pa.month_day_nano_interval()])
def test_a_kind_without_features(kind: Any) -> None:
    with pytest.raises(UsageError, match="column 'm' is of a kind that data sets have none for"):
        features.of_schema(pa.schema([("m", kind)]))
    assert features.of_schema(pa.schema([("e", pa.dictionary(pa.int8(), pa.string()))])) == {
        "e": {"dtype": "string", "_type": "Value"}
    }
