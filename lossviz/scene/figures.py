from lossviz.numerals import fixed as fixed
from lossviz.numerals import short
from lossviz.numerals import signed as signed
from lossviz.numerals import telling as telling


def factor(value):
    return short(value, 4)
