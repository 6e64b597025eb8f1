"""The checks of ``hfterm doctor``, one module a subject."""
