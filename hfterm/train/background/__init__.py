"""Runs that outlive the terminal, wait for others, begin again after a crash, and say when they have ended.

:mod:`wishes` is what is asked, :mod:`claim` takes the run's name, :mod:`waits` waits, :mod:`supervise` is the
light process that begins the trainer and watches it, :mod:`detach` starts that one apart from the terminal.
"""
