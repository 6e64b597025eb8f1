"""Damage is found, told and taken away, so that the next download repairs it."""

from pathlib import Path

import pytest

from hfterm.hub.cache import verify
from hfterm.hub.cache.choose import Words
from support.caches import LARGE, Made, client
from support.hub import Hub


def check(*words: str, online: bool = False, fix: bool = False) -> dict[str, dict[str, object]]:
    notes: list[str] = []
    ask = verify.listings(online=online, note=notes.append)
    found = {}
    for one in Words(words).choose():
        report = verify.check(one, ask)
        if fix:
            verify.repair(report)
        found[one.entry.ref] = report.record() | {"notes": notes}
    return found


def test_a_whole_cache_is_whole(cache: Made) -> None:
    before = cache.snapshot("weights.bin").stat().st_atime_ns
    found = check()
    assert {row["state"] for row in found.values()} == {"ok"}
    assert (found[cache.model]["files"], found[cache.model]["missing"]) == (5, 0)
    assert cache.snapshot("weights.bin").stat().st_atime_ns == before  # checking is no use


@pytest.mark.parametrize("path", ["weights.bin", "sub/ä b.txt"])
def test_a_changed_byte_is_found_and_the_client_gets_it_again(cache: Made, hub: Hub, path: str) -> None:
    blob = cache.snapshot(path).resolve()
    good = blob.read_bytes()
    blob.write_bytes(good[:-1] + b"#")
    found = check(fix=True)[cache.model]
    assert found["state"] == "damaged"
    assert [row["problem"] for row in found["problems"]] == ["wrong hash"]  # type: ignore[attr-defined]
    assert not blob.exists() and not cache.snapshot(path).is_symlink()
    assert not (cache.folder() / "snapshots" / cache.old / path).is_symlink()
    assert check()[cache.model]["state"] == "ok"
    code = "import sys; from huggingface_hub import hf_hub_download as get; print(get(sys.argv[1], sys.argv[2]))"
    client(cache.home, code, cache.model, path, env=hub.env())
    assert cache.snapshot(path).read_bytes() == good


def test_a_short_file_a_lost_one_and_a_missing_one(cache: Made) -> None:
    weights = cache.snapshot("weights.bin").resolve()
    weights.write_bytes(LARGE[:1000])
    cache.snapshot("config.json").resolve().unlink()
    cache.snapshot("sub/ä b.txt").unlink()
    found = check(f"{cache.model}@main")[cache.model]
    assert sorted(row["problem"] for row in found["problems"]) == ["broken link", "wrong size"]  # type: ignore[attr-defined]
    assert found["missing"] == 1
    check(f"{cache.model}@main", fix=True)
    assert check(f"{cache.model}@main")[cache.model]["state"] == "ok"
    assert check(f"{cache.model}@main")[cache.model]["missing"] == 3


def test_a_link_to_another_content(cache: Made) -> None:
    cache.snapshot("config.json").unlink()
    cache.snapshot("config.json").symlink_to(Path("../../blobs") / cache.snapshot("weights.bin").resolve().name)
    found = check()[cache.model]
    assert [row["problem"] for row in found["problems"]] == ["wrong content"]  # type: ignore[attr-defined]
    check(fix=True)
    assert cache.snapshot("weights.bin").read_bytes() == LARGE and not cache.snapshot("config.json").is_symlink()


def test_a_file_of_a_cache_without_links_is_known_by_the_listing(cache: Made, hub: Hub, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    for path in ("weights.bin", "config.json"):
        place = cache.snapshot(path)
        data = place.read_bytes()
        place.unlink()
        place.write_bytes(data if path == "weights.bin" else b'{"version": 3}')
    asked = f"{cache.model}@main"
    found = check(asked)[cache.model]
    assert [row["path"] for row in found["problems"]] == [str(cache.snapshot("config.json"))]  # type: ignore[attr-defined]
    (cache.folder() / "trees" / f"{cache.new}.json").unlink()
    found = check(asked)[cache.model]
    assert (found["state"], found["unknown"], found["missing"]) == ("ok", 2, None)
    monkeypatch.setenv("HF_ENDPOINT", hub.url)
    monkeypatch.setenv("HF_TOKEN", str(hub.token))
    found = check(asked, online=True)[cache.model]
    assert (found["state"], found["unknown"], found["notes"]) == ("damaged", 0, [])


def test_a_hub_that_is_not_there_is_said_once(cache: Made, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    for listing in (cache.folder() / "trees").iterdir():
        listing.unlink()
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    found = check(cache.model, online=True)[cache.model]
    assert found["state"] == "ok"
    assert len(found["notes"]) == 1 and "hashes only" in found["notes"][0]  # type: ignore[arg-type,index]
