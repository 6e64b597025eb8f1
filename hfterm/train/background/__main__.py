"""The supervisor of a detached run: ``python -m hfterm.train.background``, as :mod:`hfterm.train.background.detach`
starts it. What it says goes to its job's output.
"""

import os
import sys

from hfterm.output import Output
from hfterm.train.background.claim import Claim
from hfterm.train.background.detach import ORDER
from hfterm.train.background.supervise import supervise
from hfterm.train.background.wishes import Order


def main() -> int:
    """Supervise what the environment orders; the run's exit code."""
    order = Order.from_text(os.environ.pop(ORDER))
    claim = Claim(order).take_over()

    return supervise(claim, Output().say, detached=True)


if __name__ == "__main__":
    sys.exit(main())
