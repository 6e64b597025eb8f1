"""Generated."""

OPTIONS: dict[str, tuple[str, object, str, tuple[str, ...]]] = {}
