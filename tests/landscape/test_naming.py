from lossviz.landscape.naming import unknown


def test_that_the_nearest_name_is_offered():
    assert unknown("an optimizer", "adma", ["sgd", "adam"]) == "'adma' is not an optimizer; did you mean 'adam'?"


def test_that_all_names_are_listed_where_none_is_near():
    assert unknown("a loss", "zzz", ["mse", "rmse"]) == "'zzz' is not a loss; known: mse, rmse."
    assert unknown("a column", "zzz", []) == "'zzz' is not a column; known: none."


def test_that_the_sentence_stays_on_one_line_whatever_was_typed():
    assert unknown("a loss", "m\nse\r\n", ["mse"]) == "'m se' is not a loss; did you mean 'mse'?"
    assert unknown("a loss", None, ["mse"]) == "'None' is not a loss; known: mse."


def test_that_a_name_in_capitals_is_meant_as_it_is_in_small_letters():
    assert unknown("an optimizer", "AdamW", ["adam", "adamw"]) == "'AdamW' is not an optimizer; did you mean 'adamw'?"
    assert unknown("an optimizer", "ADAN", ["sgd", "adam"]) == "'ADAN' is not an optimizer; did you mean 'adam'?"


def test_that_what_is_no_text_is_near_to_nothing():
    assert unknown("a schedule", None, ["one", "cosine"]) == "'None' is not a schedule; known: one, cosine."
