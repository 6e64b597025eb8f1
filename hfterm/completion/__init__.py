"""Completion scripts for bash, zsh and fish, written from the command tree; and the values that change.

``tree`` turns the commands into plain data, ``bash``, ``zsh`` and ``fish`` turn that into scripts in
which commands, options and fixed values stand as they are, ``values`` answers the rest
(``hfterm __complete KIND PREFIX``), ``install`` puts a script where its shell looks for it.
"""
