from hfterm.train.places import Place, Places, in_words


def test_each_example_has_its_place() -> None:
    places = Places([Place("a", 3), Place("b", 1)])
    places.add(Place("a", 9))
    assert len(places) == 3 and list(places) == [("a", 3), ("b", 1), ("a", 9)]
    assert list(places[1:]) == [("b", 1), ("a", 9)] and places[-1] == Place("a", 9)


def test_places_in_words() -> None:
    assert in_words([Place("a", 3)]) == "record 3 of a"
    assert (
        in_words([Place("b", 2), Place("a", 4), Place("a", 3), Place("a", 3)]) == "records 3, 4 of a and record 2 of b"
    )
    assert in_words([Place(name, 0) for name in ("c.png", "a.png")]) == "a.png and c.png"
    assert in_words([Place("c", 0), Place("a", 0), Place("b", 7)]) == "a, record 7 of b and c"
    assert in_words(Place("a", at) for at in range(1, 20)) == (
        "records 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 of a and 3 more"
    )
