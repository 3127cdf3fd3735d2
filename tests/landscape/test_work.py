from lossviz.landscape.work import completed


def test_that_a_generator_is_run_to_its_result():
    seen = []

    def work():
        for part in (0.0, 0.5):
            seen.append(part)
            yield part
        return "done"

    assert completed(work()) == "done"
    assert seen == [0.0, 0.5]
