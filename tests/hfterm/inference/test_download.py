from hfterm.inference import download


def test_bytes_are_told_and_files_are_not() -> None:
    said: list[str] = []
    bar = download.bar_class(said.append)
    files = bar(total=3, unit="it", desc="Fetching 3 files")  # type: ignore[call-arg]
    files.update(3)
    data = bar(total=0, initial=0, unit="B", unit_scale=True, bar_format="{desc}")  # type: ignore[call-arg]
    data.total += 4096  # as the Hub client does when it learns a file's size
    data.refresh()
    data.update(1024)
    data.said = float("-inf")
    data.total = None
    data.update(1024)
    data.update(1)  # too soon after
    assert said == ["downloading: 1.0 KiB of 4.0 KiB", "downloading: 2.0 KiB"]
    with data, files:
        pass
