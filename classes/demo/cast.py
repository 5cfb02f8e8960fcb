"""Who is in the demo school."""

from dataclasses import dataclass

from accounts.roles import Role

SDKAPPID = 1400000001
SCHOOL = "晨光在线学校"


@dataclass(frozen=True)
class Part:
    user_id: str
    nickname: str
    role: Role
    gender: str = ""


ADMIN = Part("lin.lan", "林岚", Role.ADMIN, "female")
SUPERADMIN = Part("superadmin", "周校长", Role.SUPERADMIN, "male")
SUPERVISOR = Part("he.xun", "何巡", Role.SUPERVISOR, "male")
ASSISTANT = Part("su.qing", "苏晴", Role.ASSISTANT, "female")
TEACHERS = (
    Part("chen.wei", "陈伟", Role.TEACHER, "male"),
    Part("zhao.min", "赵敏", Role.TEACHER, "female"),
    Part("wang.fang", "王芳", Role.TEACHER, "female"),
    Part("sun.hao", "孙浩", Role.TEACHER, "male"),
)
SUBJECTS = ("数学", "语文", "英语", "物理")
GROUPS = ("七年级一班", "七年级二班")

_FAMILY = "张李刘杨黄吴徐朱马胡郭何高罗郑梁谢宋唐许"
_GIVEN = (
    *("子涵", "雨桐", "浩然", "思远", "欣怡", "梓萱", "宇航", "诗琪", "俊杰", "佳怡"),
    *("明轩", "若曦", "天佑", "可馨", "博文", "语嫣", "睿哲", "梦瑶", "嘉豪", "静雯"),
)


def students() -> list[Part]:
    """Forty students; the first twenty are the first group."""
    return [
        Part(
            f"s{number + 1:02}", _FAMILY[number % 20] + _GIVEN[(number * 7 + number // 20) % 20], Role.STUDENT
        )
        for number in range(40)
    ]
