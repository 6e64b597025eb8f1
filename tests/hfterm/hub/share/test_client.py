"""The client's own interface, from creating a repository to taking it away."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.hub import READER, Hub

if TYPE_CHECKING:
    from huggingface_hub import HfApi


# The client's own, of its own HTTP library.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")


def paths(api: "HfApi", repo_id: str, **kwargs: Any) -> list[str]:
    return api.list_repo_files(repo_id, **kwargs)


def test_who(api: "HfApi", hub: Hub) -> None:
    from huggingface_hub.errors import HfHubHTTPError

    assert api.whoami()["name"] == "tester"
    assert api.whoami(token=READER)["auth"]["accessToken"]["role"] == "read"
    with pytest.raises(HfHubHTTPError) as caught:
        api.whoami(token="hf_wrongwrongwrongwrong")
    assert caught.value.response.status_code == 401


@pytest.mark.parametrize("kind", ["model", "dataset", "space"])
def test_the_life_of_a_repository(api: "HfApi", hub: Hub, kind: str) -> None:
    from huggingface_hub.errors import HfHubHTTPError, RepositoryNotFoundError

    repo_id, prefix = hub.fresh(f"life-{kind}"), "" if kind == "model" else f"{kind}s/"
    sdk = {"space_sdk": "static"} if kind == "space" else {}
    made = api.create_repo(repo_id, repo_type=kind, private=True, **sdk)
    assert (made, made.repo_id, made.repo_type) == (f"{hub.url}/{prefix}{repo_id}", repo_id, kind)
    with pytest.raises(HfHubHTTPError) as caught:
        api.create_repo(repo_id, repo_type=kind, **sdk)
    assert caught.value.response.status_code == 409
    assert api.create_repo(repo_id, repo_type=kind, exist_ok=True, **sdk).repo_id == repo_id
    assert api.repo_exists(repo_id, repo_type=kind) and api.repo_info(repo_id, repo_type=kind).private
    assert not api.repo_exists(repo_id, repo_type="dataset" if kind == "model" else "model")
    api.update_repo_settings(repo_id, repo_type=kind, private=False, gated="manual")
    info = api.repo_info(repo_id, repo_type=kind)
    assert not info.private and (kind == "space" or info.gated == "manual")
    api.auth_check(repo_id, repo_type=kind)

    api.upload_file(path_or_fileobj=b"x", path_in_repo="a.txt", repo_id=repo_id, repo_type=kind)
    moved = f"{repo_id}-moved"
    api.move_repo(repo_id, moved, repo_type=kind)
    assert not api.repo_exists(repo_id, repo_type=kind)
    assert paths(api, moved, repo_type=kind) == [".gitattributes", "a.txt"]
    api.create_repo(repo_id, repo_type=kind, **sdk)  # the name is free again
    with pytest.raises(HfHubHTTPError) as caught:
        api.move_repo(repo_id, moved, repo_type=kind)
    assert caught.value.response.status_code == 409
    for one in (repo_id, moved):
        api.delete_repo(one, repo_type=kind)
    with pytest.raises(RepositoryNotFoundError):
        api.delete_repo(repo_id, repo_type=kind)
    api.delete_repo(repo_id, repo_type=kind, missing_ok=True)
    with pytest.raises(RepositoryNotFoundError):
        api.auth_check(repo_id, repo_type=kind)


def test_a_short_name_is_ones_own(api: "HfApi") -> None:
    made = api.create_repo("short-name")
    assert made.repo_id == "tester/short-name"
    api.delete_repo("tester/short-name")


def test_who_may_only_read(api: "HfApi", hub: Hub) -> None:
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError

    repo = hub.seed({"a.txt": "x"}, private=True)
    reader = HfApi(endpoint=hub.url, token=READER)
    assert paths(reader, repo.id) == [".gitattributes", "a.txt"]
    for act in (
        lambda: reader.create_repo(repo.id + "-more"),
        lambda: reader.upload_file(path_or_fileobj=b"y", path_in_repo="b", repo_id=repo.id),
        lambda: reader.delete_repo(repo.id),
        lambda: reader.create_tag(repo.id, tag="t"),
        lambda: reader.update_repo_settings(repo.id, private=False),
    ):
        with pytest.raises(HfHubHTTPError) as caught:
            act()
        assert caught.value.response.status_code == 403
    with pytest.raises(HfHubHTTPError, match="needs a token: set HF_TOKEN"):
        HfApi(endpoint=hub.url, token=False).model_info(repo.id)
    assert paths(api, repo.id) == [".gitattributes", "a.txt"]


def test_commits(api: "HfApi", hub: Hub, tmp_path: Path) -> None:
    from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete
    from huggingface_hub.errors import EntryNotFoundError, HfHubHTTPError

    repo = hub.seed({"old.txt": "old", "d/1": "1", "d/2": "2", "w.bin": b"\0" * 100}, large=("w.bin",))
    (tmp_path / "big.bin").write_bytes(b"\1" * 2_000_000)
    done = api.create_commit(
        repo.id,
        [
            CommitOperationAdd("new.txt", b"new"),
            CommitOperationAdd("big.bin", str(tmp_path / "big.bin")),
            CommitOperationAdd("empty", b""),
            CommitOperationDelete("old.txt"),
            CommitOperationDelete("d/"),
            CommitOperationCopy("w.bin", "copy/w.bin"),
        ],
        commit_message="Many things\nat once",
        commit_description="and why",
        parent_commit=repo.sha,
    )
    assert sorted(paths(api, repo.id)) == [".gitattributes", "big.bin", "copy/w.bin", "empty", "new.txt", "w.bin"]
    assert done.commit_url == f"{hub.url}/{repo.id}/commit/{done.oid}" == str(done)
    last = api.list_repo_commits(repo.id)[0]
    assert (last.commit_id, last.authors) == (done.oid, ["tester"])
    one, other = api.get_paths_info(repo.id, ["w.bin", "copy/w.bin", "nope"])
    assert one.lfs and other.lfs and one.lfs.sha256 == other.lfs.sha256
    # What is there already is not sent again, and makes no commit.
    same = api.upload_file(path_or_fileobj=b"new", path_in_repo="new.txt", repo_id=repo.id)
    assert same.oid == done.oid
    with pytest.raises(HfHubHTTPError) as caught:
        api.upload_file(path_or_fileobj=b"2", path_in_repo="x", repo_id=repo.id, parent_commit=repo.sha)
    assert caught.value.response.status_code == 412
    with pytest.raises(EntryNotFoundError):
        api.delete_file("old.txt", repo.id)
    api.delete_folder("copy", repo.id)
    assert "copy/w.bin" not in paths(api, repo.id)
    proposed = api.upload_file(path_or_fileobj=b"p", path_in_repo="p.txt", repo_id=repo.id, create_pr=True)
    assert (proposed.pr_revision, proposed.pr_num) == ("refs/pr/1", 1)
    assert "p.txt" in paths(api, repo.id, revision="refs/pr/1") and "p.txt" not in paths(api, repo.id)


def test_folders(api: "HfApi", hub: Hub, tmp_path: Path) -> None:
    repo = hub.seed({"keep.txt": "1", "logs/old.log": "x"})
    for name, data in {"a.txt": b"a", "sub/b.bin": b"\0" * 3_000_000, "sub/empty.txt": b"", "n.tmp": b"n"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    api.upload_folder(
        repo_id=repo.id, folder_path=tmp_path, path_in_repo="deep/er", ignore_patterns="*.tmp", delete_patterns="*"
    )
    inside = ["deep/er/a.txt", "deep/er/sub/b.bin", "deep/er/sub/empty.txt"]
    assert sorted(paths(api, repo.id)) == [".gitattributes", *inside, "keep.txt", "logs/old.log"]
    sent = len(hub.log)
    api.upload_folder(repo_id=repo.id, folder_path=tmp_path, path_in_repo="deep/er", ignore_patterns="*.tmp")
    assert not [line for line in hub.requests(sent) if "_upload" in line or " PUT " in line]


def test_references(api: "HfApi", hub: Hub) -> None:
    from huggingface_hub.errors import HfHubHTTPError, RevisionNotFoundError

    repo = hub.seed({"a": "1"})
    api.create_branch(repo.id, branch="feature/x")
    api.upload_file(path_or_fileobj=b"2", path_in_repo="a", repo_id=repo.id, revision="feature/x")
    api.create_tag(repo.id, tag="v1", revision=repo.sha, tag_message="first")
    refs = api.list_repo_refs(repo.id, include_pull_requests=True)
    heads = {b.name: b.target_commit for b in refs.branches}
    assert set(heads) == {"main", "feature/x"} and heads["main"] == repo.sha != heads["feature/x"]
    assert [(t.name, t.ref, t.target_commit) for t in refs.tags] == [("v1", "refs/tags/v1", repo.sha)]
    assert api.revision_exists(repo.id, "v1") and not api.revision_exists(repo.id, "v2")
    for revision in ("v1", repo.sha, repo.sha[:9], "refs/heads/main"):
        assert api.repo_info(repo.id, revision=revision).sha == repo.sha
    with pytest.raises(HfHubHTTPError) as caught:
        api.create_tag(repo.id, tag="v1")
    assert caught.value.response.status_code == 409
    api.create_tag(repo.id, tag="v1", exist_ok=True)
    api.create_branch(repo.id, branch="feature/x", exist_ok=True)
    with pytest.raises(RevisionNotFoundError):
        api.create_branch(repo.id, branch="y", revision="nowhere")
    api.delete_branch(repo.id, branch="feature/x")
    api.delete_tag(repo.id, tag="v1")
    with pytest.raises(RevisionNotFoundError):
        api.delete_tag(repo.id, tag="v1")
    with pytest.raises(HfHubHTTPError) as caught:
        api.delete_branch(repo.id, branch="main")
    assert caught.value.response.status_code == 403
    assert [b.name for b in api.list_repo_refs(repo.id).branches] == ["main"]


def test_squashing(api: "HfApi", hub: Hub) -> None:
    repo = hub.seed({"a": "1"})
    for n in range(3):
        hub.commit(repo.id, {"b": str(n)}, title=f"Commit {n}")
    assert len(api.list_repo_commits(repo.id)) == 5
    api.super_squash_history(repo.id, commit_message="All in one")
    assert [c.title for c in api.list_repo_commits(repo.id)] == ["All in one"]
    assert sorted(paths(api, repo.id)) == [".gitattributes", "a", "b"]
    assert hub.request("GET", f"/{repo.id}/resolve/{repo.sha}/a").body == b"1"  # whoever holds the old id still reads


def test_listing_and_describing(api: "HfApi", hub: Hub) -> None:
    card = "---\nlicense: mit\ntags: [odd-tag]\npipeline_tag: text-generation\n---\n# T\n"
    ids = [f"listers/l{n}" for n in range(3)]
    for repo_id in ids:
        hub.seed({"README.md": card, "config.json": '{"model_type": "llama"}', "w.safetensors": b"\0" * 9}, repo_id)
    assert [m.id for m in api.list_models(author="listers")] == ids
    assert [m.id for m in api.list_models(search="l1", filter=["odd-tag", "license:mit"])] == ids[1:2]
    assert len(list(api.list_models(author="listers", limit=2))) == 2
    assert [m.id for m in api.list_models(author="listers", sort="created_at", pipeline_tag="text-generation")] == ids[::-1]  # fmt: skip
    assert list(api.list_models(author="listers", pipeline_tag="fill-mask")) == []
    assert list(api.list_datasets(author="listers")) == list(api.list_spaces(author="listers")) == []
    (first, *_) = api.list_models(author="listers", full=True, cardData=True, fetch_config=True)
    assert first.siblings and first.card_data and first.card_data["license"] == "mit"
    assert first.config == {"model_type": "llama"}

    info = api.model_info(ids[0], files_metadata=True, securityStatus=True)
    assert (info.pipeline_tag, info.library_name, info.author) == ("text-generation", "transformers", "listers")
    assert {"odd-tag", "license:mit", "llama", "safetensors"} <= set(info.tags or ())
    by_name = {s.rfilename: s for s in info.siblings or ()}
    assert by_name["README.md"].size == len(card) and by_name["README.md"].blob_id
    assert info.created_at and info.last_modified and info.created_at <= info.last_modified
    small = api.model_info(ids[0], expand=["tags", "siblings", "sha"])
    assert small.sha == info.sha and small.siblings and small.pipeline_tag is None


def test_trees(api: "HfApi", hub: Hub) -> None:
    from huggingface_hub.errors import EntryNotFoundError
    from huggingface_hub.hf_api import RepoFile, RepoFolder

    repo = hub.seed({"a.txt": "1", "d/b.txt": "22", "d/e/c.bin": b"\0" * 50}, large=("d/e/c.bin",))
    top = {row.path: row for row in api.list_repo_tree(repo.id)}
    assert set(top) == {".gitattributes", "a.txt", "d"}
    assert isinstance(top["d"], RepoFolder) and isinstance(top["a.txt"], RepoFile)
    assert [r.path for r in api.list_repo_tree(repo.id, "d", recursive=True)] == ["d/b.txt", "d/e", "d/e/c.bin"]
    (row,) = api.list_repo_tree(repo.id, "d/e", expand=True)
    assert isinstance(row, RepoFile) and row.lfs and row.lfs.size == row.size == 50
    assert row.last_commit and row.last_commit.oid == repo.sha
    for wrong in ("nope", "a.txt"):
        with pytest.raises(EntryNotFoundError):
            list(api.list_repo_tree(repo.id, wrong))


def test_twelve_thousand_files(api: "HfApi", hub: Hub) -> None:
    files = {f"part{n % 7}/f{n:05}.txt": "" for n in range(12_000)}
    repo = hub.seed(files)
    since = len(hub.log)
    assert set(paths(api, repo.id)) == {".gitattributes", *files}
    pages = [line for line in hub.requests(since) if "/tree/" in line]
    assert len(pages) == 3
    info = api.model_info(repo.id)
    assert len(info.siblings or ()) == 12_001
    some = [f"part{n % 7}/f{n:05}.txt" for n in range(0, 12_000, 6)]
    assert [row.path for row in api.get_paths_info(repo.id, some)] == some
