import numpy as np

from lossviz.landscape.randomness import order, uniform, words

GOLDEN = [11530976094092348043, 16550673365885938325, 14308875409591826786]


def test_that_the_words_of_a_seed_never_change() -> None:
    assert [int(word) for word in words(7, 3)] == GOLDEN


def test_that_the_numbers_are_the_upper_bits_of_the_words() -> None:
    assert uniform(7, 3).tolist() == [(word >> 11) / 2**53 for word in GOLDEN]


def test_that_the_numbers_fill_the_unit_interval_evenly() -> None:
    counts = np.histogram(uniform(1, 10_000), bins=10, range=(0.0, 1.0))[0]
    assert np.all(np.abs(counts - 1000) < 120)


def test_that_a_longer_draw_begins_like_a_shorter_one() -> None:
    assert np.array_equal(uniform(3, 100)[:10], uniform(3, 10))


def test_that_the_order_of_words_is_their_stable_argsort() -> None:
    drawn = words(5, 60_000).reshape(3, 20_000)
    # equal words, and words that differ in their lower bits alone
    drawn[1, ::7] = drawn[1, 0]
    drawn[2] &= np.uint64(2**40 - 1)
    assert np.array_equal(order(drawn), np.argsort(drawn, axis=1, kind="stable"))
    assert order(words(7, 3)).tolist() == [0, 2, 1]
