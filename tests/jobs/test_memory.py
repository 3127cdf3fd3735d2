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
