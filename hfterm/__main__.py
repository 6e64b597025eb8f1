"""``python -m hfterm``."""

from hfterm.entry import main

main()
