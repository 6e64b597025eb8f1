"""Downloads over a link that breaks off, stalls, damages, refuses and leads elsewhere."""

import os
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hfterm.errors import AccessError, HftermError, NetworkError, NotFoundError, PartlyDoneError
from hfterm.hub.client import Repo
from hfterm.hub.fetch.get import USUALLY, Got, How, get
from hfterm.hub.fetch.plan import Wanted
from support.hub import Hub, Seeded
from support.link import Asked, Fault, Link, bad_link

MIB = 1 << 20
BIG = random.Random(7).randbytes(3 * MIB + 5)


@pytest.fixture(scope="module")
def made(hub: Hub) -> Seeded:
    return hub.seed({"a.txt": "a", "big.bin": BIG, "empty": ""})


def once(*faults: Fault | None, path: str = "/resolve/") -> Callable[[Asked], Fault | None]:
    """These faults one after another for the requests for content, then none."""
    left = list(faults)
    lock = threading.Lock()

    def fault(asked: Asked) -> Fault | None:
        with lock:
            return left.pop(0) if path in asked.path and left else None

    return fault


def whole(got: Got, cache: Path) -> bool:
    """Whether the big file is right, and nothing unfinished lies about."""
    assert not [p for p in cache.rglob("*") if p.name.endswith((".incomplete", ".tmp"))]
    return Path(got.path).read_bytes() == BIG


def big(how: How = USUALLY, **kwargs: object) -> Got:
    return get(repo, Wanted(("big.bin",)), how, **kwargs)  # type: ignore[arg-type]


repo = Repo("")


@pytest.fixture(autouse=True)
def _repo(made: Seeded) -> None:
    global repo
    repo = Repo(made.id)


def test_a_broken_connection_goes_on_at_the_byte(link: Link, cache: Path) -> None:
    said: list[str] = []
    link.fault = once(Fault(after=MIB), Fault(after=MIB + 1), Fault(after=0))
    assert whole(big(say=said.append), cache)
    assert [asked.start for asked in link.bodies()] == [0, MIB, 2 * MIB + 1, 2 * MIB + 1]
    assert link.sent == len(BIG)
    assert len(said) == 3 and said[0].startswith(f"big.bin: the connection ended {len(BIG) - MIB} bytes early; trying")


def test_a_silent_connection_is_left(link: Link, cache: Path) -> None:
    said: list[str] = []
    over = threading.Event()
    link.fault = once(Fault(after=MIB, stall=over))
    got = big(How(stall=1.5), say=said.append)
    over.set()
    assert whole(got, cache) and [asked.start for asked in link.bodies()][:2] == [0, MIB]
    assert any("big.bin: no byte for 1.5 s; trying again" in line for line in said)


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_in_trouble_is_waited_for(link: Link, cache: Path, status: int) -> None:
    said: list[str] = []
    link.fault = once(Fault(status=status, headers={"Retry-After": "1"}), None)
    began = time.monotonic()
    assert whole(big(say=said.append), cache)
    assert time.monotonic() - began >= 1
    assert said == [f"big.bin: the server answered {status}; trying again in 1 s (1 of 8)"]


def test_patience_ends_and_what_came_is_kept(link: Link, cache: Path) -> None:
    link.fault = lambda asked: (Fault(after=MIB) if asked.nth == 1 else Fault(status=503)) if asked.body else None
    with pytest.raises(NetworkError, match="the server answered 503; try again: it goes on where it stopped"):
        big(How(retries=1))
    assert [p.stat().st_size for p in cache.rglob("*.incomplete")] == [MIB]
    link.fault = lambda asked: None
    assert whole(big(), cache) and link.bodies()[-1].start == MIB


def test_a_server_that_asks_for_an_hour_is_not_waited_for(link: Link) -> None:
    link.fault = once(*[Fault(status=429, headers={"Retry-After": "3600"})] * 9)
    with pytest.raises(NetworkError, match="429; try again in 3600 s"):
        big()


@pytest.mark.parametrize("hide", ["no_range", "drop"])
def test_a_server_without_parts_sends_it_all_again(link: Link, cache: Path, hide: str) -> None:
    cut = Fault(after=MIB)
    rest = (
        Fault(no_range=True) if hide == "no_range" else Fault(no_range=True, drop=("content-length", "accept-ranges"))
    )
    if hide == "drop":
        rest.headers = {"Connection": "close"}
    link.fault = once(cut, rest)
    assert whole(big(), cache) and link.bodies()[1].start == MIB


def test_damage_is_found_and_mended(link: Link, cache: Path) -> None:
    said: list[str] = []
    link.fault = once(Fault(flip=2 * MIB))
    assert whole(big(say=said.append), cache)
    assert said == ["big.bin: what came does not match its hash; getting it from its first byte"]


def test_damage_that_stays_is_never_shown(link: Link, cache: Path) -> None:
    link.fault = lambda asked: Fault(flip=7) if asked.body and "big" in asked.path else None
    with pytest.raises(PartlyDoneError, match=r"1 of 4 files .* big.bin: the content that came, twice, does not match"):
        get(repo)
    with pytest.raises(HftermError, match="try another network"):
        big()
    assert not [p for p in cache.rglob("*") if p.name.endswith(".incomplete") or p.name == "big.bin"]
    assert [p.name for p in cache.rglob("a.txt")] == ["a.txt"]


def test_a_damaged_beginning_is_found_at_the_end(link: Link, cache: Path, hub: Hub) -> None:
    get(repo, Wanted(("a.txt",)))
    blobs = next(cache.rglob("blobs"))
    (blobs / f"{hub.upload(repo.id, BIG)}.hfterm.incomplete").write_bytes(b"x" * MIB)
    assert whole(big(), cache)
    assert [asked.start for asked in link.bodies()[1:]] == [MIB, 0]


@pytest.mark.parametrize("name", ["{}.incomplete", "{}.0123abcd.incomplete"])
def test_what_the_client_left_is_gone_on_with(link: Link, cache: Path, hub: Hub, name: str) -> None:
    get(repo, Wanted(("a.txt",)))
    blobs, etag = next(cache.rglob("blobs")), hub.upload(repo.id, BIG)
    (blobs / name.format(etag)).write_bytes(BIG[: 2 * MIB])
    (blobs / f"{etag}.89abcdef.incomplete").write_bytes(BIG[:MIB])
    assert whole(big(), cache)
    assert [asked.start for asked in link.bodies()[1:]] == [2 * MIB]


def test_what_has_holes_is_not_believed(link: Link, cache: Path, hub: Hub) -> None:
    get(repo, Wanted(("a.txt",)))
    stray = next(cache.rglob("blobs")) / f"{hub.upload(repo.id, BIG)}.0123abcd.incomplete"
    with stray.open("wb") as stream:
        stream.seek(MIB)
        stream.write(BIG[MIB : 2 * MIB])
    assert whole(big(), cache)
    assert [asked.start for asked in link.bodies()[1:]] == [0]


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"Content-Encoding": "gzip"}, "compressed"),
        ({"Content-Range": "bytes 5-9/10"}, "another part came"),
    ],
)
def test_another_content_than_asked_for(link: Link, headers: dict[str, str], words: str) -> None:
    def fault(asked: Asked) -> Fault | None:
        if not asked.body:
            return None
        return Fault(after=MIB) if asked.nth == 1 else Fault(headers=headers, drop=("content-range",))

    link.fault = fault
    with pytest.raises(NetworkError, match="early"):
        big(How(retries=0))
    with pytest.raises(NetworkError, match=words):
        big(How(retries=0))


def test_a_shorter_body_than_listed(link: Link) -> None:
    link.fault = lambda asked: Fault(status=200, body=b"short") if asked.body else None
    with pytest.raises(NetworkError, match=rf"5 bytes came, the listing says {len(BIG)}"):
        big(How(retries=0))


@pytest.mark.parametrize("code", [{}, {"X-Error-Code": "GatedRepo"}, {"X-Error-Code": "EntryNotFound"}])
@pytest.mark.parametrize("status", [401, 403, 404])
def test_what_is_refused(link: Link, status: int, code: dict[str, str]) -> None:
    link.fault = lambda asked: Fault(status=status, headers=code) if asked.body else None
    with pytest.raises((AccessError, NotFoundError)) as caught:
        big()
    if not code:
        assert caught.value.exit_code == {401: 4, 403: 4, 404: 3}[status]
    if "GatedRepo" in code.values():
        assert isinstance(caught.value, AccessError)
    assert len(link.bodies()) == 1  # it is not asked again and again


def test_the_token_stays_with_the_hub(link: Link, hub: Hub, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with bad_link(hub.url) as elsewhere:
        monkeypatch.delenv("HF_TOKEN")
        monkeypatch.setenv("HF_TOKEN", "hf_secretsecretsecret")
        location = {"Location": f"{elsewhere.url}/{repo.id}/resolve/main/big.bin?sig=a%2Fb"}

        def fault(asked: Asked) -> Fault | None:
            if asked.body:
                return Fault(status=302, headers=location)
            asked.headers["authorization"] = f"Bearer {hub.token}"  # type: ignore[index]
            return None

        link.fault = fault
        # The other host is the same Hub: it needs the token, which only we give it there.
        seen: list[str | None] = []

        def there(asked: Asked) -> Fault | None:
            seen.append(asked.headers.get("authorization"))
            asked.headers["authorization"] = f"Bearer {hub.token}"  # type: ignore[index]
            return Fault(after=MIB) if asked.nth == 1 else None

        elsewhere.fault = there
        assert whole(big(), cache)
        assert seen == [None, None]
        assert [asked.start for asked in elsewhere.bodies()] == [0, MIB]
        assert all("sig=a%2Fb" in asked.path for asked in elsewhere.bodies())
        assert link.bodies()[0].headers["authorization"].startswith("Bearer hf_")


def test_redirects_without_an_end(link: Link) -> None:
    link.fault = lambda asked: Fault(status=302, headers={"Location": asked.path}) if asked.body else None
    with pytest.raises(NetworkError, match="redirects"):
        big(How(retries=0))
    link.fault = lambda asked: Fault(status=302, headers={"Location": "file:///etc/passwd"}) if asked.body else None
    with pytest.raises(NetworkError, match="redirected to 'file:///etc/passwd'"):
        big(How(retries=0))


def test_a_full_disk_keeps_what_came(link: Link, cache: Path) -> None:
    """A file may not grow beyond a megabyte: as a full disk, or a quota."""
    import resource
    import signal

    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (MIB, limits[1]))
        with pytest.raises(HftermError):
            big()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, old)
    assert [p.stat().st_size for p in cache.rglob("*.incomplete")] == [MIB]
    assert whole(big(), cache) and link.bodies()[-1].start == MIB


def test_several_connections(link: Link, hub: Hub, cache: Path) -> None:
    data = random.Random(8).randbytes(40 * MIB)
    made = hub.seed({"x.bin": data})
    link.rate = 20e6  # so that the others have something left to do
    link.fault = lambda asked: Fault(after=MIB) if asked.start and asked.nth == 2 else None
    got = get(Repo(made.id), Wanted(("x.bin",)), How(connections=4))
    assert Path(got.path).read_bytes() == data
    assert len({asked.start for asked in link.bodies()}) >= 2
    assert not list(cache.rglob("*.incomplete"))
    assert os.path.getsize(got.path) == len(data)
