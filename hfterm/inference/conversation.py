"""What is asked: one prompt from a flag and a pipe."""

from hfterm.errors import UsageError


def join_prompt(prompt: str | None, piped: str | None) -> str:
    """One prompt from ``-p`` and what was piped in, which goes under it.

    Raises:
        UsageError: there is nothing in either, or it is no text.
    """
    parts = [part.strip("\n") for part in (prompt, piped) if part is not None and part.strip()]
    if not parts:
        raise UsageError("the prompt is empty", "add -p 'QUESTION' or pipe one in")
    text = "\n\n".join(parts)
    if any("\udc80" <= char <= "\udcff" for char in text):  # how Python holds an argument's undecodable bytes
        raise UsageError("the prompt is not UTF-8")
    return text
