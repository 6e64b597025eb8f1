"""Which columns of records hold what was predicted and what is right."""

import difflib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hfterm.errors import UsageError

PREDICTIONS = (
    *("prediction", "predictions", "predicted", "pred", "preds"),
    *("generated_text", "generated", "output", "hypothesis", "transcript"),
)
REFERENCES = (
    *("reference", "references", "label", "labels", "target", "targets"),
    *("answer", "answers", "gold", "expected"),
)
SCORES = ("score", "scores", "probability", "probabilities", "prob", "probs")


class Columns(NamedTuple):
    """The columns that the user named, if any; ``apart``: references come from a source of their own."""

    prediction: str | None = None
    reference: str | None = None
    apart: bool = False

    def find(self, kind: str, record: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, str]:
        """The columns for metrics of a kind, of a record and of the one that holds its reference.

        Raises:
            UsageError: there is none; the message says what there is.
        """
        usual = (*SCORES, *PREDICTIONS) if kind == "score" else PREDICTIONS
        return (
            self._one("prediction", self.prediction, usual, record),
            self._one("reference", self.reference, REFERENCES, other),
        )

    def _one(self, role: str, named: str | None, usual: Sequence[str], record: Mapping[str, Any]) -> str:
        there = ", ".join(record) or "none at all"
        if named is not None:
            if named in record:
                return named
            near = difflib.get_close_matches(named, record, 1)
            raise UsageError(
                f"there is no column {named!r} (--{role})",
                f"did you mean {near[0]!r}?" if near else f"columns: {there}",
            )
        name: str
        for name in (*usual, *(("text",) if self.apart else ())):
            if name in record:
                return name
        if self.apart and len(record) == 1:
            return str(next(iter(record)))
        raise UsageError(f"no column is a {role} by its name; columns: {there}", f"name it: --{role} NAME")
