"""NLTK's Punkt, with data that the test itself makes."""

from pathlib import Path

import pytest

from hfterm.errors import HftermError, NotFoundError, UsageError
from hfterm.tok.punkt import learnt, of_language

# "approx" and "Abk" are short forms in these texts, as their counts tell.
LEARN = " ".join(
    f"The lamp has approx. {n} watts. Then Mara came. The boat took approx. {n} ropes. Here the Abk. helps. Then it ends."
    for n in range(60)
)
TEXT = "  It has approx. 12 watts.  The Abk. is new.\n\nMara said (softly.) Then she left. "


def parts(text: str, spans: object) -> list[str]:
    return [text[begin:end] for begin, end in spans]  # type: ignore[attr-defined]


def test_what_the_texts_tell_is_learnt() -> None:
    split = learnt([LEARN, "", TEXT])
    found = parts(TEXT, split(TEXT))
    assert found == ["It has approx. 12 watts.", "The Abk. is new.", "Mara said (softly.)", "Then she left."]
    assert list(split("")) == list(split(" \n")) == []
    with pytest.raises(HftermError, match="no text in the input: there is nothing to learn sentences from"):
        learnt(["", " "])


def test_a_languages_data_are_taken_from_the_named_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nltk
    from nltk.tokenize.punkt import PunktTrainer, TabEncoder

    monkeypatch.setattr(nltk.data, "path", [])
    with pytest.raises(NotFoundError, match=r"no Punkt data for 'english' here; get it with: python -m nltk\.down"):
        of_language("english")
    folder = tmp_path / "tokenizers" / "punkt_tab" / "english"
    folder.mkdir(parents=True)
    given, encoder = PunktTrainer(LEARN).get_params(), TabEncoder()
    (folder / "collocations.tab").write_text(encoder.tups2tab(given.collocations))
    (folder / "sent_starters.txt").write_text(encoder.set2txt(given.sent_starters))
    (folder / "abbrev_types.txt").write_text(encoder.set2txt(given.abbrev_types))
    (folder / "ortho_context.tab").write_text(encoder.ivdict2tab(given.ortho_context))
    monkeypatch.setenv("NLTK_DATA", str(tmp_path))
    found = parts(TEXT, of_language("english")(TEXT))
    assert found == ["It has approx. 12 watts.", "The Abk. is new.", "Mara said (softly.)", "Then she left."]
    with pytest.raises(UsageError, match="is no language of Punkt"):
        of_language("../english")
    with pytest.raises(NotFoundError, match="'klingon'"):
        of_language("klingon")
