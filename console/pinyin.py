"""Pinyin of names: the text by which a name is sorted, and the words by which it is found.

Only the table of characters that the package pypinyin brings is read, not its code: importing that loads
47,000 phrases, 57 MB in each process. The table is read on the first name in Chinese characters.
"""

import importlib.util
import unicodedata
from array import array
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

#: Readings of a surname, which differ from the most frequent reading of the character.
SURNAMES = {
    **{"万俟": "mo qi", "尉迟": "yu chi", "单于": "chan yu", "长孙": "zhang sun", "令狐": "ling hu"},
    **{"单": "shan", "曾": "zeng", "解": "xie", "任": "ren", "仇": "qiu", "区": "ou", "查": "zha"},
    **{"盖": "ge", "缪": "miao", "乐": "yue", "翟": "zhai", "冼": "xian", "朴": "piao", "华": "hua"},
    **{"召": "shao", "洗": "xian", "种": "chong", "折": "she", "覃": "qin", "员": "yun", "祭": "zhai"},
    **{"繁": "po", "纪": "ji", "隗": "wei", "尹": "yin", "秘": "bi", "黑": "he", "逄": "pang", "宓": "mi"},
    **{"晁": "chao", "郗": "xi", "佴": "nai", "撒": "sa", "那": "na", "过": "guo", "哈": "ha", "车": "che"},
}
#: Readings that the most frequent one of each character misses, in words that names of groups contain.
WORDS = {
    **{"音乐": "yin yue", "乐队": "yue dui", "乐团": "yue tuan", "乐器": "yue qi", "重庆": "chong qing"},
    **{"校长": "xiao zhang", "班长": "ban zhang", "家长": "jia zhang", "组长": "zu zhang"},
}
#: Readings that names prefer to the most frequent one.
CHARACTERS = {"长": "chang", "娜": "na", "茜": "qian", "嗯": "en"}
#: Numbers sort by value up to so many digits.
NUMBER_DIGITS = 6
#: Words of a name from which a search may start, and the longest text kept for each.
MAX_STARTS, MAX_WORD = 8, 40
SORT_NAME_LENGTH = 255
_FIRST, _LAST = 0x3000, 0x323AF


class Unit(NamedTuple):
    """A syllable of one Chinese character ("han"), a number ("digit") or a word in letters ("word")."""

    kind: str
    text: str


def sort_name(name: str, *, surname: bool = False) -> str:
    """Return the text by which a name is sorted: its syllables and words in lower case, numbers by value.

    `surname`: the name is a person's, which begins with the surname.
    """
    units = split_name(name, surname)
    texts = [unit.text.zfill(NUMBER_DIGITS) if unit.kind == "digit" else unit.text for unit in units]
    return (" ".join(texts) or name.casefold())[:SORT_NAME_LENGTH]


def search_name(name: str, *, surname: bool = False) -> str:
    """Return the words by which a name is found, each after a space; empty without Chinese characters.

    The words are the pinyin from each syllable to the end, and the same in initials: " chenwei wei cw".
    """
    units = split_name(name, surname)
    if all(unit.kind != "han" for unit in units):
        return ""
    starts = [[unit.text for unit in units[start:]] for start in range(min(len(units), MAX_STARTS))]
    words = ["".join(texts)[:MAX_WORD] for texts in starts]
    initials = ["".join(text[0] for text in texts)[:MAX_WORD] for texts in starts if len(texts) > 1]
    return "".join(f" {word}" for word in dict.fromkeys((*words, *initials)))


def search_prefix(word: str) -> str:
    """Return what `search_name` contains where the word is pinyin; empty if it cannot be."""
    typed = word.casefold().replace("ü", "v").replace("lyu", "lv").replace("nyu", "nv")
    is_pinyin = typed.isascii() and typed.isalnum() and not typed.isdigit()
    return f" {typed}" if is_pinyin else ""


@lru_cache(maxsize=1024)
def split_name(name: str, surname: bool) -> tuple[Unit, ...]:
    """Return the parts of a name without punctuation."""
    units: list[Unit] = []
    for kind, characters in groupby(name, key=_kind):
        text = "".join(characters)
        if kind == "han":
            units += [Unit(kind, syllable) for syllable in _read(text, surname and not units)]
        elif kind and (plain := _without_marks(text.casefold())):
            units.append(Unit(kind, plain))
    return tuple(units)


@lru_cache(maxsize=4096)
def _kind(character: str) -> str:
    if character.isascii():
        return "digit" if character.isdigit() else "word" if character.isalpha() else ""
    if _FIRST <= ord(character) <= _LAST and _table().readings[ord(character) - _FIRST]:
        return "han"
    return "word" if character.isalnum() or unicodedata.combining(character) else ""


def _without_marks(text: str) -> str:
    """Return the text without accents."""
    if text.isascii():
        return text
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one))


def _read(text: str, surname: bool) -> list[str]:
    """Return the syllables of Chinese characters."""
    syllables: list[str] = []
    place = 0
    while place < len(text):
        first, pair = text[place], text[place : place + 2]
        known = (SURNAMES.get(pair) or SURNAMES.get(first)) if surname and not place else None
        known = known or WORDS.get(pair) or CHARACTERS.get(first)
        syllables += known.split() if known else [_table().reading(first)]
        place = len(syllables)
    return syllables


class _Table(NamedTuple):
    """Number of the syllable of each character from _FIRST on; 0 for none."""

    syllables: list[str]
    readings: "array[int]"

    def reading(self, character: str) -> str:
        return self.syllables[self.readings[ord(character) - _FIRST]]


@cache
def _table() -> _Table:
    """Read the most frequent reading of each character, without its tone (nǚ: nv)."""
    package = importlib.util.find_spec("pypinyin")
    if package is None or package.origin is None:
        raise ImportError("The package pypinyin is not installed.")
    numbers, readings = {"": 0}, array("H", bytes(2 * (_LAST - _FIRST + 1)))
    # A line for each character: "38472": "chén,zhèn". Parsed as a whole it would take 7 MB that stay in use.
    with Path(package.origin).with_name("pinyin_dict.json").open(encoding="utf-8") as lines:
        for _quote, code, _colon, text, _comma in (line.split('"') for line in lines if '"' in line):
            if _FIRST <= int(code) <= _LAST:
                syllable = _without_tone(text.partition(",")[0])
                readings[int(code) - _FIRST] = numbers.setdefault(syllable, len(numbers))
    return _Table(list(numbers), readings)


@lru_cache(maxsize=2048)
def _without_tone(syllable: str) -> str:
    return _without_marks(unicodedata.normalize("NFD", syllable).replace("u\N{COMBINING DIAERESIS}", "v"))
