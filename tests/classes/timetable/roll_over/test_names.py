"""Names of groups one grade later."""

import pytest

from classes.timetable.roll_over.names import propose_name, replace_word, replace_words


@pytest.mark.parametrize(
    ("name", "grade", "following", "proposed"),
    [
        ("7A", "Grade 7", "Grade 8", "8A"),
        ("初一(1)班", "初一", "初二", "初二(1)班"),
        ("Grade 7 Blue", "Grade 7", "Grade 8", "Grade 8 Blue"),
        ("七(1)班", "七年级", "八年级", "八(1)班"),
        ("7(7)班", "7", "8", "8(7)班"),
        ("Year 9 Red", "Year 9", "Year 10", "Year 10 Red"),
        ("10B", "Year 10", "Year 11", "11B"),
        ("Reception Red", "Reception", "Year 1", "Year 1 Red"),
        ("高一3班", "高一", "高二", "高二3班"),
        ("十一班", "一年级", "二年级", "十一班"),
        ("17B", "Grade 7", "Grade 8", "17B"),
        ("Dodos", "Grade 7", "Grade 8", "Dodos"),
        ("Alpha", "A", "B", "Alpha"),
        ("7A", "Grade 7", "初二", "7A"),
        ("2024级1班", "1年级", "2年级", "2024级1班"),
        ("2024级1班", "2024级", "2025级", "2024级1班"),
        ("2027届3班", "高三", "高四", "2027届3班"),
        ("2027级二班", "高二", "高三", "2027级二班"),
        ("2027级二班", "二年级", "三年级", "2027级二班"),
        ("一班", "一年级", "二年级", "一班"),
        ("1班", "1年级", "2年级", "1班"),
        ("1 班", "1年级", "2年级", "1 班"),
        ("(1)班", "1年级", "2年级", "(1)班"),
        ("（一）班", "一年级", "二年级", "（一）班"),
        ("一班", "高一", "高二", "一班"),
        ("一年级一班", "一年级", "二年级", "二年级一班"),
        ("1(1)班", "1年级", "2年级", "2(1)班"),
        ("一年一班", "一年级", "二年级", "二年一班"),
        ("101班", "1年级", "2年级", "101班"),
        ("高一一班", "高一", "高二", "高二一班"),
        ("高二二班", "高二", "高三", "高三二班"),
        ("高一十一班", "高一", "高二", "高二十一班"),
        ("高二十班", "高二", "高三", "高三十班"),
        ("高一一班", "高一年级", "高二年级", "高二一班"),
        ("高一二班", "高中一年级", "高中二年级", "高二二班"),
        ("高一A班", "高一", "高二", "高二A班"),
        ("高一实验班", "高一", "高二", "高二实验班"),
        ("高一1班", "Grade 10", "Grade 11", "高二1班"),
        ("初一一班", "初一", "初二", "初二一班"),
        ("初二三班", "初二", "初三", "初三三班"),
        ("初一一班", "七年级", "八年级", "初二一班"),
        ("初三(2)班", "九年级", "高一", "高一(2)班"),
        ("初三三班", "初三", "高一", "高一三班"),
        ("初一班", "初一", "初二", "初二班"),
        ("七年级一班", "初一", "初二", "八年级一班"),
        ("一年级十一班", "一年级", "二年级", "二年级十一班"),
        ("二年级二班", "二年级", "三年级", "三年级二班"),
        ("三年级(3)班", "三年级", "四年级", "四年级(3)班"),
        ("四年级4班", "四年级", "五年级", "五年级4班"),
        ("五年级五班", "五年级", "六年级", "六年级五班"),
        ("六年级一班", "六年级", "七年级", "七年级一班"),
        ("六(1)班", "六年级", "初一", "初一(1)班"),
        ("九(1)班", "九年级", "高一", "高一(1)班"),
        ("七一班", "七年级", "八年级", "八一班"),
        ("七十班", "七年级", "八年级", "七十班"),
        ("小一一班", "一年级", "二年级", "小二一班"),
        ("1年级1班", "1年级", "2年级", "2年级1班"),
        ("9年级2班", "9年级", "10年级", "10年级2班"),
        ("Grade 1A", "Grade 1", "Grade 2", "Grade 2A"),
        ("Grade 11 Red", "Grade 11", "Grade 12", "Grade 12 Red"),
        ("G7A", "Grade 7", "Grade 8", "G8A"),
        ("Year 1 Ash", "Year 1", "Year 2", "Year 2 Ash"),
        ("Y9 Oak", "Year 9", "Year 10", "Y10 Oak"),
    ],
)
def test_the_grade_in_the_name_of_a_group_becomes_the_next_one(
    name: str, grade: str, following: str, proposed: str
) -> None:
    assert propose_name(name, grade, following) == proposed


def test_only_whole_words_are_replaced() -> None:
    assert replace_word("17A and 7A", "7A", "8A") == "17A and 8A"


@pytest.mark.parametrize(
    ("title", "replaced"),
    [
        ("7A+8A Choir", "8A+9A Choir"),
        ("8A and 7A", "9A and 8A"),
        ("7A Blue and 7A", "8 Blue and 8A"),
        ("7A Blue", "8 Blue"),
        ("17A", "17A"),
        ("8A", "9A"),
    ],
)
def test_the_names_of_groups_are_replaced_at_once(title: str, replaced: str) -> None:
    assert replace_words(title, {"7A": "8A", "8A": "9A", "7A Blue": "8 Blue"}) == replaced
