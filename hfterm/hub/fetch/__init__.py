"""Downloads that survive: resumed at the byte, verified before they are seen, safe beside each other.

:func:`hfterm.hub.fetch.get.get` is the way in.
"""
