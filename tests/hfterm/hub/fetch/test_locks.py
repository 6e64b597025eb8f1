from pathlib import Path

from filelock import Timeout
from huggingface_hub.utils import WeakFileLock

from hfterm.hub.fetch.locks import Lock


def test_it_is_the_clients_lock(tmp_path: Path) -> None:
    path = tmp_path / "locks" / "x.lock"
    ours, again = Lock(str(path)), Lock(str(path))
    assert ours.acquire() and not again.acquire() and ours.honoured()
    try:
        with WeakFileLock(path, timeout=0.05):
            raise AssertionError("the client got it too")
    except Timeout:
        pass
    ours.release()
    ours.release()
    with WeakFileLock(path):
        assert not again.acquire()
    assert again.acquire() and path.exists()
    again.release()


def test_a_lock_that_keeps_nobody_out_is_not_trusted(tmp_path: Path) -> None:
    lock = Lock(str(tmp_path / "x.lock"))
    assert not lock.honoured()  # there is none
    assert lock.acquire()
    (tmp_path / "x.lock").unlink()
    (tmp_path / "x.lock").touch()
    assert not lock.honoured()  # another file: whoever comes gets it, as where locks do nothing
    lock.release()
