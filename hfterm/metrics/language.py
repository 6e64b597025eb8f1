"""Perplexity, of losses that were measured."""

import math
from collections.abc import Sequence

from hfterm.errors import CheckFailedError
from hfterm.metrics.options import Options
from hfterm.metrics.table import Asked
from hfterm.metrics.values import Row


def compute(names: Sequence[Asked], rows: Sequence[Row], options: Options) -> dict[str, float]:
    """exp(all negative log-likelihood / all tokens): a long text counts more than a short one.

    Raises:
        CheckFailedError: it is too large for a number.
    """
    mean = math.fsum(row[0] for row in rows) / sum(row[1] for row in rows)
    try:
        return {one.name: math.exp(mean) for one in names}
    except OverflowError:
        raise CheckFailedError(f"perplexity is too large for a number (the mean loss is {mean:g})") from None
