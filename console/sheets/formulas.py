"""Escaping of text that a spreadsheet would run as a formula.

It imports nothing of Django: the child process that parses tables uses it.
"""

import re

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?%?")
FORMULA_STARTS = "=+\\-@＝＋－＠"
# `*+` is possessive, and each expression consumes a run of such characters whole: none is scanned twice, so
# the time is linear in the length of the cell.
IGNORED_PREFIX = r"[\s\"\ufeff\u200b-\u200f\u2060\x00-\x1f]*+"
AT_START = re.compile(rf"[\t\r\n]|{IGNORED_PREFIX}[{FORMULA_STARTS}]")
# A program that takes ; or a tab for the separator starts a new cell in the middle of ours.
INSIDE = re.compile(rf"([;\t\r\n]{IGNORED_PREFIX})([{FORMULA_STARTS}])?+")
INSIDE_QUOTED = re.compile(rf"([;\t\r\n]{IGNORED_PREFIX})(?:'(?=[{FORMULA_STARTS}]))?+")


def escape_formula(text: str) -> str:
    """Prefix text that a spreadsheet would run with '; plain numbers are unchanged."""
    if NUMBER.fullmatch(text):
        return text
    quoted = INSIDE.sub(_quote_match, text)
    return f"'{quoted}" if AT_START.match(text) else quoted


def unescape_formula(text: str) -> str:
    """Undo `escape_formula`; text that it did not produce is unchanged."""
    bare = INSIDE_QUOTED.sub(r"\1", text.removeprefix("'"))
    return bare if bare != text and escape_formula(bare) == text else text


def _quote_match(found: "re.Match[str]") -> str:
    return f"{found[1]}'{found[2]}" if found[2] else found[0]
