from lossviz.jobs.memory import Shelf


def test_that_what_was_put_is_kept_under_its_key():
    shelf = Shelf(3)
    assert shelf.get("a") is None
    assert shelf.put("a", "value") == "value"
    assert shelf.get("a") == "value"


def test_that_the_one_not_used_for_longest_makes_room():
    shelf = Shelf(2)
    shelf.put("a", 1)
    shelf.put("b", 2)
    shelf.get("a")
    shelf.put("c", 3)
    assert [shelf.get(key) for key in "abc"] == [1, None, 3]


def test_that_it_is_counted_how_often_something_had_to_be_made():
    shelf = Shelf(1)
    for key in "aab":
        shelf.put(key, key)
    shelf.get("b")
    assert shelf.made == 3
    assert shelf.get("a") is None


def test_that_heavy_values_are_forgotten_before_there_are_many():
    shelf = Shelf(10, len, 5)
    for key, value in enumerate(["aa", "bb", "c"]):
        shelf.put(key, value)
    assert [shelf.get(key) for key in range(3)] == ["aa", "bb", "c"]
    shelf.put(3, "dd")
    assert [shelf.get(key) for key in range(4)] == [None, "bb", "c", "dd"]


def test_that_the_newest_value_is_kept_however_heavy():
    shelf = Shelf(10, len, 5)
    shelf.put("small", "a")
    assert shelf.put("large", "b" * 100) == "b" * 100
    assert (shelf.get("small"), shelf.get("large")) == (None, "b" * 100)


def test_that_a_value_put_again_is_the_newest():
    shelf = Shelf(2)
    for key in ("a", "b", "a", "c"):
        shelf.put(key, key.upper())
    assert [shelf.get(key) for key in ("a", "b", "c")] == ["A", None, "C"]
