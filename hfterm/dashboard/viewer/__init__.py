"""A pager over the rows of any data: ``hfterm data view``."""
