"""Long lists: hfterm against the ``hf`` program on the same cache and the same loopback server, interleaved.

    python benchmarks/hub_lists.py [ROUNDS] [REPOSITORIES] [FILES]

Lists REPOSITORIES cached repositories of ten files and two commits each, and the FILES files of one repository on a
server that answers as the Hub does, 1,000 rows a page. Prints a Markdown table: medians of the CPU seconds (user +
system) and wall seconds of the whole client process, and its peak memory.
"""

import http.server
import json
import os
import signal
import statistics
import sys
import tempfile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from processes import Taken, run

BIN = Path(sys.executable).parent
PAGE = 1000


def fill(root: Path, count: int) -> None:
    """Repositories as the client's cache has them: ten files, two commits that share nine of them."""
    for number in range(count):
        folder = root / f"models--org--repo-{number:05d}"
        (folder / "blobs").mkdir(parents=True)
        (folder / "refs").mkdir()
        for file in range(11):
            (folder / "blobs" / f"{number * 16 + file:040x}").write_bytes(b"x" * (100 + file))
        for commit in range(2):
            place = folder / "snapshots" / f"{number * 2 + commit:040x}"
            place.mkdir(parents=True)
            for file in range(10):
                blob = f"{number * 16 + (10 if commit and not file else file):040x}"
                (place / f"file-{file}.bin").symlink_to(f"../../blobs/{blob}")
        (folder / "refs" / "main").write_text(f"{number * 2 + 1:040x}")


class Handler(http.server.BaseHTTPRequestHandler):
    """``/api/models/ID/tree/main``: one page of rows, and the address of the next."""

    protocol_version = "HTTP/1.1"
    pages: list[bytes] = []  # noqa: RUF012

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        number = int(parse_qs(url.query).get("cursor", ["0"])[0])
        found = "/tree/" in url.path
        body = self.pages[number] if found else b'{"error": "none"}'
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if found and number + 1 < len(self.pages):
            host = self.headers["Host"]
            self.send_header("Link", f'<http://{host}{url.path}?recursive=true&cursor={number + 1}>; rel="next"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def rows(start: int) -> bytes:
    listed = [
        {"type": "file", "oid": f"{n:040x}", "size": n, "path": f"data/part-{n // 1000:04d}/file-{n:06d}.parquet"}
        for n in range(start, start + PAGE)
    ]
    return json.dumps(listed).encode()


def serve(files: int) -> tuple[int, int]:
    """A server in a process of its own (what a parent holds counts as the peak of its children); port and process."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    pid = os.fork()
    if not pid:
        try:
            Handler.pages = [rows(start) for start in range(0, files, PAGE)]
            server.serve_forever()
        finally:
            os._exit(0)
    return server.server_port, pid


def main() -> None:
    rounds, repositories, files = (int(a) for a in [*sys.argv[1:], *("5", "1000", "100000")[len(sys.argv) - 1 :]])
    hfterm, hf = str(BIN / "hfterm"), str(BIN / "hf")
    cases = {
        f"{repositories:,} cached repositories": {
            "hfterm hub cache ls": [hfterm, "hub", "cache", "ls"],
            "hf cache ls --json": [hf, "cache", "ls", "--json"],
        },
        f"{files:,} files of a repository": {
            "hfterm hub ls -R": [hfterm, "hub", "ls", "org/name", "-R"],
            "hf models ls -R --json": [hf, "models", "ls", "org/name", "-R", "--json"],
        },
    }
    port, server = serve(files)
    print("| list | command | CPU s | wall s | peak MiB | rows |\n|---|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as home:
        fill(Path(home, "hf", "hub"), repositories)
        env = {k: v for k, v in os.environ.items() if not k.startswith(("HF", "PYTHON"))}
        env |= {"HOME": home, "HFTERM_HOME": f"{home}/hfterm", "HF_HOME": f"{home}/hf", "NO_COLOR": "1"}
        env |= {"HF_ENDPOINT": f"http://127.0.0.1:{port}"}
        for what, commands in cases.items():
            taken: dict[str, list[Taken]] = {name: [] for name in commands}
            for number in range(-1, rounds):  # the first round warms the caches
                for name, argv in commands.items():
                    taken[name] += [run(argv, env, home)] * (number >= 0)
            for name, values in taken.items():
                cpu, wall, peak = (statistics.median(v[i] for v in values) for i in range(3))
                print(f"| {what} | `{name}` | {cpu:.2f} | {wall:.2f} | {peak:.0f} | {values[0].rows:,} |")
    os.kill(server, signal.SIGKILL)


if __name__ == "__main__":
    main()
