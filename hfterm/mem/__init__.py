"""What a model needs of a device's memory, predicted without its weights.

:func:`hfterm.mem.plan.plan` answers for every strategy; :func:`hfterm.mem.advice.advise` gives cheap hints.
"""

from hfterm.mem.advice import advise as advise
