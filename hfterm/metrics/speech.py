"""Error rates of transcripts, by jiwer."""

from collections.abc import Sequence

from hfterm.errors import CheckFailedError
from hfterm.extras import require
from hfterm.metrics.options import Options
from hfterm.metrics.table import Asked
from hfterm.metrics.values import Row


def compute(names: Sequence[Asked], rows: Sequence[Row], options: Options) -> dict[str, float]:
    """The word and character error rates of all texts together; case and punctuation count.

    Raises:
        CheckFailedError: the references hold no words. MissingExtraError.
    """
    library = require("jiwer", "eval")
    texts, references = [row[0] for row in rows], [row[1] for row in rows]
    if not any(reference.strip() for reference in references):
        raise CheckFailedError(f"{names[0].name}: the references hold no words")
    return {one.name: float(getattr(library, one.name)(references, texts)) for one in names}
