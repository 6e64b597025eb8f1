"""The console script. What needs no command is answered before click is imported.

``--version``, every ``--help`` and the values of a Tab come from generated tables at the cost of
starting Python; all else goes to :mod:`hfterm.cli`. Only built-in modules, ``os`` and ``sys`` are imported at the top.
"""

import errno
import os
import sys

# Loaded by a command, these may have threads or handlers that want the interpreter's normal end.
_NEEDS_NORMAL_EXIT = ("torch", "multiprocessing", "concurrent.futures", "logging.handlers", "asyncio", "hf_xet")


def _help(words: list[str]) -> str | None:
    """The help page of a command from the table, or None when click must make it."""
    from hfterm import _table

    if not words or words[0] not in _table.GROUPS:
        if not words:
            from hfterm import plugins

            if plugins.found():
                return None
        from hfterm._table.help_root import HELP
    else:
        HELP = __import__(f"hfterm._table.help_{words[0]}", fromlist=["HELP"]).HELP
        words = words[1:]
    text: str | None = HELP.get(" ".join(words))
    return text


def _wide() -> bool:
    """Whether click would wrap help at its usual 80 columns, as the table does."""
    try:
        columns = int(os.environ.get("COLUMNS", ""))
    except ValueError:
        columns = 0
    try:
        return (columns or os.get_terminal_size(1).columns or 80) >= 80
    except (OSError, ValueError):
        return True


def _answer(argv: list[str]) -> str | None:
    """The answer to a request that needs no command, or None."""
    if argv == ["--version"]:
        from hfterm import __version__

        return f"hfterm {__version__}\n"
    if not argv or (argv[-1] == "--help" and not any(word.startswith("-") for word in argv[:-1])):
        return _help(argv[:-1]) if _wide() else None
    if argv[0] == "__complete" and len(argv) >= 2:
        from hfterm.completion.values import complete

        return "".join(value + "\n" for value in complete(argv[1], argv[2] if len(argv) > 2 else "", argv[3:]))
    return None


def _on_terminal() -> bool:
    try:
        return os.isatty(0) and os.isatty(1)
    except OSError:
        return False


def main() -> None:
    """Run ``hfterm`` with the process's arguments and leave with its exit code; without any, on a terminal: ``ui``."""
    argv, code = sys.argv[1:], 0
    if not argv and _on_terminal():
        argv = ["ui"]
    try:
        answer = None if "_HFTERM_COMPLETE" in os.environ else _answer(argv)
        if answer is not None:
            sys.stdout.write(answer)
        else:
            import gc

            gc.disable()  # until a command runs: nothing made by importing is garbage
            from hfterm.cli import run

            code = run(argv)
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        code = 130
    except OSError as exc:  # from stdout: run() lets nothing through
        if code == 0 and exc.errno != errno.EPIPE:
            os.write(2, f"hfterm: cannot write the result: {os.strerror(exc.errno or 0).lower()}\n".encode())
            code = 1
        os._exit(code or 141)
    if any(name in sys.modules for name in _NEEDS_NORMAL_EXIT):
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the work is done: no Ctrl-C may change the exit code now
        sys.exit(code)
    # Tearing the interpreter down costs more than starting a short command.
    os._exit(code)
