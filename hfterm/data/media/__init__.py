"""Images and sounds as values of rows: read from folders, tars and tables, described, shown, worked on, saved.

A value is a struct of ``bytes`` and ``path``, as ``datasets`` keeps it in Parquet. Rows of a folder name their files
and hold no bytes; what needs the content opens the file.
"""
