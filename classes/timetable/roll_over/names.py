"""Names of groups in the next grade: "7A" → "8A", "高一一班" → "高二一班", "Grade 7 B" → "Grade 8 B"."""

import re
from collections.abc import Iterator, Mapping

#: A year of entry or of leaving, which stays.
_COHORT = re.compile(r"[0-9]{4}\s*[级届]")
#: What follows the number of a class, as in "1班" and "(1)班", which stays.
_CLASS = re.compile(r"\s*+[)）]?+\s*+班")
CHINESE_NUMERALS = "一二三四五六七八九十"
_NUMBER = re.compile(rf"[0-9]+|[{CHINESE_NUMERALS}]+")
#: A class with its number in words, which may follow the number of its grade at once: "高一一班".
_NAMED_CLASS = re.compile(rf"[{CHINESE_NUMERALS}]+\s*班")
#: A number in words; "七一" is two of them.
_ONE_NUMBER = re.compile(r"[一二三四五六七八九]|[二三四五六七八九]?十[一二三四五六七八九]?")
_GRADE = re.compile(rf"(Grade\s*|小学?|初中?|高中?)?([0-9]{{1,2}}|[{CHINESE_NUMERALS}]{{1,2}})(年级?)?")
#: The stages of school, each with its first level.
_STAGES = (("高", 10), ("初", 7), ("小", 1))
_LAST_LEVEL = 12


def propose_name(name: str, grade: str, following: str) -> str:
    """Return the name of a group of `grade` once it is in the grade `following`; the same if none follows.

    The first occurrence of the grade's own name is replaced, else of another usual name of its level, else
    that of its number, unless it is the number of the class. A name with a year of entry or of leaving
    ("2024级1班") stays.
    """
    if _COHORT.search(name):
        return name
    for old, new in _names_of_levels(grade, following):
        if (renamed := _replace_grade(name, old, new, bare=_number(old) == old)) != name:
            return renamed
    old, new = _number(grade), _number(following)
    if not old or not new or _kind(old[:1]) != _kind(new[:1]):
        return name
    if _stage_word(grade) != _stage_word(following) and (level := _level(following)):
        new = _usual_names(level)[0]  # "六(1)班" becomes "初一(1)班", not "一(1)班"
    return _replace_grade(name, old, new, bare=True)


def _names_of_levels(grade: str, following: str) -> Iterator[tuple[str, str]]:
    """Yield the names of both grades: their own, then others that are usual, as 初一 for 七年级."""
    yield grade, following
    level, next_level = _level(grade), _level(following)
    if level and next_level:
        yield from zip(_usual_names(level), _usual_names(next_level), strict=True)


def _level(grade: str) -> int:
    """Return the year of school, 1 to 12, of a grade with a usual name; else 0."""
    found = _GRADE.fullmatch(grade.strip())
    if not found:
        return 0
    first = dict(_STAGES).get((found[1] or "")[:1], 1)
    level = _value(found[2]) + first - 1
    return level if 1 <= level <= _LAST_LEVEL else 0


def _value(number: str) -> int:
    if number.isdigit():
        return int(number)
    tens, ten, ones = number.rpartition("十")
    digit = CHINESE_NUMERALS.find
    return (10 * (digit(tens) + 1 if tens else 1) if ten else 0) + (digit(ones) + 1 if ones else 0)


def _usual_names(level: int) -> tuple[str, ...]:
    stage, first = next(one for one in _STAGES if level >= one[1])
    place = level - first + 1
    tens, ones = divmod(level - 1, len(CHINESE_NUMERALS))
    words = "十" * tens + CHINESE_NUMERALS[ones]
    return f"{stage}{CHINESE_NUMERALS[place - 1]}", f"{stage}{place}", f"{words}年级", f"{level}年级"


def _stage_word(grade: str) -> str:
    """Return 小, 初 or 高 if the name of a grade begins with it."""
    return grade[:1] if grade[:1] in dict(_STAGES) else ""


def replace_word(text: str, old: str, new: str) -> str:
    """Replace the first occurrence of `old` that is not part of a longer number or Latin word."""
    for start, end in _find_word(text, old):
        return text[:start] + new + text[end:]
    return text


def _replace_grade(text: str, old: str, new: str, *, bare: bool) -> str:
    """Replace the first occurrence of the name of a grade, also where the number of a class follows at once.

    With `bare`, the name is a number, and not that of a class.
    """
    for start, end in _find_word(text, old, before_class=True):
        if not bare or not _CLASS.match(text, end):
            return text[:start] + new + text[end:]
    return text


def replace_words(text: str, names: Mapping[str, str]) -> str:
    """Replace the first occurrence of each of these names, as `replace_word` does, but all at once.

    A new name that is another's old one stays, and of two names at one place the longer one counts.
    """
    found: list[tuple[int, int, str]] = []
    for old in sorted(names, key=len, reverse=True):
        for start, end in _find_word(text, old):
            if all(end <= first or start >= last for first, last, _new in found):
                found.append((start, end, names[old]))
                break
    for start, end, new in sorted(found, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _find_word(text: str, word: str, *, before_class: bool = False) -> Iterator[tuple[int, int]]:
    """Find where a word begins and ends that is not part of a longer number or Latin word.

    With `before_class`, the number of a class may follow.
    """
    start = text.find(word)
    while start >= 0:
        end = start + len(word)
        is_part = _continues(word[-1], text[end : end + 1])
        if is_part and before_class:
            is_part = not _precedes_class(text, word, end)
        if not is_part and not _continues(text[start - 1 : start], word[0]):
            yield start, end
        start = text.find(word, start + 1)


def _precedes_class(text: str, grade: str, end: int) -> bool:
    """Return whether the numerals at the end of `grade` and after it are two numbers, as in 高一一班."""
    named_class = _NAMED_CLASS.match(text, end)
    if not named_class:
        return False
    begins = grade[: -len(_number(grade))]
    return bool(begins) or not _ONE_NUMBER.fullmatch(_number(grade) + _number(named_class[0]))


def _continues(before: str, after: str) -> bool:
    """Return whether two neighbours belong to the same number or word."""
    kind = _kind(before)
    return bool(kind) and kind == _kind(after)


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    if character and character in CHINESE_NUMERALS:
        return "numeral"
    return "letter" if character.isalpha() and character < "\u2e80" else ""


def _number(text: str) -> str:
    found = _NUMBER.search(text)
    return found[0] if found else ""
