"""Records and tables: read from any format, looked at, shaped by SQL expressions, written to any format."""
