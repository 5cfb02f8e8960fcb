"""People of the demo schools."""

from dataclasses import dataclass

from accounts.models.roles import Role

SDKAPPID = 1400000001
SCHOOL = "晨光在线学校"
#: Sign-in name of the operator, who belongs to no school.
OPERATOR = "operator"


@dataclass(frozen=True)
class DemoPerson:
    user_id: str
    nickname: str
    role: Role
    gender: str = ""


ADMIN = DemoPerson("lin.lan", "林岚", Role.ADMIN, "female")
SUPERADMIN = DemoPerson("superadmin", "周校长", Role.SUPERADMIN, "male")
SUPERVISOR = DemoPerson("he.xun", "何巡", Role.SUPERVISOR, "male")
ASSISTANT = DemoPerson("su.qing", "苏晴", Role.ASSISTANT, "female")
TEACHERS = (
    DemoPerson("chen.wei", "陈伟", Role.TEACHER, "male"),
    DemoPerson("zhao.min", "赵敏", Role.TEACHER, "female"),
    DemoPerson("wang.fang", "王芳", Role.TEACHER, "female"),
    DemoPerson("sun.hao", "孙浩", Role.TEACHER, "male"),
    DemoPerson("liu.yan", "刘燕", Role.TEACHER, "female"),
    DemoPerson("gao.feng", "高峰", Role.TEACHER, "male"),
    DemoPerson("tang.li", "唐丽", Role.TEACHER, "female"),
    DemoPerson("qian.jun", "钱军", Role.TEACHER, "male"),
    DemoPerson("feng.xue", "冯雪", Role.TEACHER, "female"),
    DemoPerson("deng.kai", "邓凯", Role.TEACHER, "male"),
    DemoPerson("xiao.yu", "肖雨", Role.TEACHER, "female"),
    DemoPerson("pan.lei", "潘磊", Role.TEACHER, "male"),
)
#: What each of the teachers teaches.
SUBJECTS = (
    *("数学", "语文", "英语", "物理", "美术", "体育"),
    *("音乐", "历史", "数学", "语文", "英语", "信息科技"),
)
GROUPS = ("七年级一班", "七年级二班", "八年级一班", "八年级二班", "九年级一班", "九年级二班")
#: The names of their groups begin with these.
GRADES = ("七年级", "八年级", "九年级")
#: Of the first grade; in charge of a group of another one.
HEAD_OF_GRADE = TEACHERS[3]
GROUP_SIZE = 20

_FAMILY = "张李刘杨黄吴徐朱马胡郭何高罗郑梁谢宋唐许"
_GIVEN = (
    *("子涵", "雨桐", "浩然", "思远", "欣怡", "梓萱", "宇航", "诗琪", "俊杰", "佳怡"),
    *("明轩", "若曦", "天佑", "可馨", "博文", "语嫣", "睿哲", "梦瑶", "嘉豪", "静雯"),
)


def students(groups: int = len(GROUPS)) -> list[DemoPerson]:
    """The students of the first groups, twenty each; the first twenty are the first group."""
    return [
        DemoPerson(
            f"s{number + 1:02}", _FAMILY[number % 20] + _GIVEN[(number * 7 + number // 20) % 20], Role.STUDENT
        )
        for number in range(groups * GROUP_SIZE)
    ]


def group_students(group: int) -> list[DemoPerson]:
    """The students of one group, by its place in GROUPS."""
    return students()[group * GROUP_SIZE : (group + 1) * GROUP_SIZE]
