"""One recipe trained once for each combination of settings, a run each, one after another.

:mod:`grid` makes the combinations, :mod:`trials` checks them and says what became of each, :mod:`work` runs them.
"""
