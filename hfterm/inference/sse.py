"""Server-sent events, as far as chat servers use them (https://html.spec.whatwg.org/multipage/server-sent-events.html)."""

from collections.abc import Iterable, Iterator

# No event of a chat is near that long: a stream without line ends must not fill the memory.
MAX_LINE_BYTES = 2**24


def data(chunks: Iterable[bytes]) -> Iterator[str]:
    """The data of each event, from bytes cut anywhere; comments and other fields are passed over.

    Raises:
        ValueError: a line is too long for this to be an event stream.
    """
    rest, event = b"", list[str]()
    for chunk in chunks:
        # A CR at the end may be half of a CR LF: it waits.
        *lines, rest = (rest + chunk).replace(b"\r\n", b"\n").split(b"\n")
        if len(rest) > MAX_LINE_BYTES:
            raise ValueError("a line without end")
        for line in lines:
            for part in line.split(b"\r"):
                if not part and event:
                    yield "\n".join(event)
                    event = []
                elif (value := _data(part)) is not None:
                    event.append(value)
    # Some servers leave out the last blank line.
    if (value := _data(rest.rstrip(b"\r"))) is not None:
        event.append(value)
    if event:
        yield "\n".join(event)


def _data(line: bytes) -> str | None:
    name, _, value = line.partition(b":")
    return value.removeprefix(b" ").decode("utf-8", "replace") if name == b"data" else None
