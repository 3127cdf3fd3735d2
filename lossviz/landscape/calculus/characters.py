"""What a typed formula of w and b may be written with, and what to write instead of the rest."""

import keyword
import re
import unicodedata

from lossviz.landscape.parsing import FormulaError, wrong_numbers

_ALLOWED = re.compile(r"[A-Za-z0-9_ .+\-*/(),<>=!]")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONE_EQUALS = re.compile(r"(?<![<>=!])=(?!=)")
_COMMA_IN_NUMBER = re.compile(r"\d,\d")
_FACTOR = re.compile(r"(\d+\.?\d*|\.\d+)([A-Za-z]\w*)")

_INSTEAD = {
    "^": "write ** for a power",
    "×": "write * for a product",
    "·": "write * for a product",
    "⋅": "write * for a product",
    "÷": "write / for a quotient",
    "−": "write the plain minus -",
    "–": "write the plain minus -",
    "²": "write **2",
    "³": "write **3",
    "√": "write sqrt( )",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write !=",
    "|": "write abs( )",
    "[": "write round brackets",
    "]": "write round brackets",
    "{": "write round brackets",
    "}": "write round brackets",
    "%": "write a - b*floor(a/b) for the rest of a/b",
    "&": "write (first)*(second) where both must hold",
    ":": "only one formula is wanted, without names for its parts",
    ";": "only one formula is wanted",
    "\n": "the formula must be on one line",
    "\r": "the formula must be on one line",
    "\t": "write a space instead of the tab",
}
_PAIRS = {"//": "write floor(a/b) instead of a//b", "<>": "write != instead of <>", "=<": "write <=", "=>": "write >="}
_WORDS = {
    "and": "write (first)*(second) where both must hold",
    "or": "write max(first, second) where one must hold",
    "not": "write 1 - (condition)",
    "if": "write where(condition, this, that)",
    "else": "write where(condition, this, that)",
}


def check_characters(text: str) -> None:
    """Refuse what no formula is written with, and say what to write instead.

    Raises
    ------
    FormulaError
        With the column of the first character that is not allowed.
    """
    for place, character in enumerate(text, start=1):
        if not _ALLOWED.match(character):
            raise FormulaError(_refusal(character), place)
    for pair, instead in _PAIRS.items():
        if pair in text:
            raise FormulaError(instead, text.index(pair) + 1)
    for found in _WORD.finditer(text):
        word, place = found[0], found.start() + 1
        if keyword.iskeyword(word):
            raise FormulaError(_WORDS.get(word, f"'{word}' has a meaning of its own and can't be a name"), place)
    lone = _LONE_EQUALS.search(text)
    if lone:
        raise FormulaError("write == to compare; a formula has no single =", lone.start() + 1)
    for number, place in wrong_numbers(text):
        product = _FACTOR.fullmatch(number)
        shown = number if len(number) <= 20 else f"{number[:20]}…"
        if product and not (product[1] == "0" and product[2][0] in "xXbBoO" and len(product[2]) > 1):
            raise FormulaError(f"write {product[1]}*{product[2][:20]} instead of {shown}", place)
        raise FormulaError(f"'{shown}' is not a decimal number", place)


def comma_advice(text: str) -> str:
    """Say what a comma that stands outside a function may have been meant as."""
    advice = "a comma stands between the arguments of a function only"
    return f"{advice}; the decimal sign is a point" if _COMMA_IN_NUMBER.search(text) else advice


def _refusal(character: str) -> str:
    if character in _INSTEAD:
        return (
            f"'{character}' is not allowed: {_INSTEAD[character]}" if character.isprintable() else _INSTEAD[character]
        )
    name = unicodedata.name(character, "").lower()
    shown = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    if character.isalpha() and name.startswith("greek"):
        return f"{shown} is a Greek letter: write {name.split(' with ')[0].split()[-1]}"
    if character.isalpha() or character.isdigit():
        kind = "letters a to z" if character.isalpha() else "digits 0 to 9"
        return f"{shown} ({name}) is not allowed: only the {kind} are" if name else f"{shown} is not allowed"
    return f"{shown} is not allowed in a formula"
