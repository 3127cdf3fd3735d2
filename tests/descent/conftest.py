import pytest

import lossviz as lv


@pytest.fixture(scope="session")
def births():
    data = lv.dataset("birthwt")
    return lv.fit(data, feature="(age - 18)/10", label="bwt/1000", domain=((-2.8, 3.0), (0.2, 5.6)))


@pytest.fixture(scope="session")
def logistic():
    return lv.fit(lv.dataset("birthwt"), feature="(lwt - 130)/30", label="low", model="logistic")
