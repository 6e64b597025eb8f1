"""hfterm: the Hugging Face toolchain behind one terminal command.

The library behind the commands and the dashboard. It returns or yields plain data and raises
:class:`hfterm.errors.HftermError`; it never prints, prompts or exits.
"""

__version__ = "0.1.0"
