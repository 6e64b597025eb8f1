"""Settings (being written)."""
from typing import Any

def value(name: str) -> Any:
    return None

def command_defaults() -> dict[str, Any]:
    return {}
