"""Pinyin of names: the text that sorts them, the words that find them, and what the table costs."""

import subprocess
import sys

import pytest

from console.pinyin import search_name, search_prefix, sort_name
from tests.support.environment import ROOT

MEMORY = """
import console.pinyin
def private_kb():
    lines = open("/proc/self/smaps_rollup").read().splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))
before = private_kb()
assert console.pinyin.search_name("陈伟", surname=True) == " chenwei wei cw"
print(private_kb() - before)
"""


@pytest.mark.parametrize(
    ("name", "sorted_as"),
    [
        ("陈伟", "chen wei"),
        ("吕布", "lv bu"),
        ("欧阳修", "ou yang xiu"),
        ("Alice Müller", "alice muller"),
        ("王Tom", "wang tom"),
        ("***", "***"),
    ],
)
def test_a_name_sorts_by_its_syllables_and_words(name: str, sorted_as: str) -> None:
    assert sort_name(name, surname=True) == sorted_as


@pytest.mark.parametrize(
    ("name", "sorted_as"),
    [
        ("单雄信", "shan xiong xin"),
        ("曾国藩", "zeng guo fan"),
        ("解缙", "xie jin"),
        ("仇英", "qiu ying"),
        ("任正非", "ren zheng fei"),
        ("尉迟恭", "yu chi gong"),
    ],
)
def test_a_surname_is_read_as_one_and_only_at_the_start(name: str, sorted_as: str) -> None:
    assert sort_name(name, surname=True) == sorted_as
    assert sort_name(f"小{name}", surname=True) != f"xiao {sorted_as}" or name == "任正非"


def test_a_shorter_name_and_a_smaller_number_come_first() -> None:
    names = ["陈伟安", "陈伟", "安娜", "成龙", "高一(10)班", "高一(2)班"]
    assert sorted(names, key=sort_name) == ["安娜", "陈伟", "陈伟安", "成龙", "高一(2)班", "高一(10)班"]


@pytest.mark.parametrize("typed", ["chenwei", "Chenw", "wei", "cw", "c"])
def test_a_name_is_found_from_each_syllable_on_and_by_initials(typed: str) -> None:
    assert search_prefix(typed) in search_name("陈伟", surname=True)


@pytest.mark.parametrize("typed", ["hen", "ei", "wc", "chenweiming"])
def test_a_name_is_not_found_from_within_a_syllable(typed: str) -> None:
    assert search_prefix(typed) not in search_name("陈伟", surname=True)


@pytest.mark.parametrize("typed", ["lv", "lü", "lyu", "LV"])
def test_u_with_two_dots_is_found_however_it_is_typed(typed: str) -> None:
    assert search_prefix(typed) in search_name("吕布", surname=True)


@pytest.mark.parametrize("typed", ["", "陈", "138", "a-b", "%", "a b", "\x00"])
def test_what_is_no_pinyin_is_not_looked_up_as_such(typed: str) -> None:
    assert search_prefix(typed) == ""


def test_a_name_in_letters_needs_no_pinyin() -> None:
    assert search_name("Alice", surname=True) == ""


def test_words_of_groups_have_their_own_reading() -> None:
    assert sort_name("音乐社") == "yin yue she"
    assert sort_name("解放路小学") == "jie fang lu xiao xue"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_table_takes_less_than_three_megabytes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", MEMORY], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 3 * 1024
