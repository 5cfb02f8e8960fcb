"""The columns of a file of people: what they fill, their headings, and how roles and groups are written."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import REGISTRABLE, Role

#: What a row says of a person besides who it is, in the order in which files have them.
FIELDS = ("nickname", "role", "gender", "phone_no", "e_mail", "avatar")
GROUPS = "groups"
#: The groups that somebody on the staff is in charge of.
IN_CHARGE = "in_charge"
LABELS: dict[str, str | Promise] = {
    "user_id": _("User id"),
    "nickname": _("Name"),
    "role": _("Role"),
    "gender": _("Gender"),
    "phone_no": _("Phone"),
    "e_mail": _("E-mail"),
    "avatar": _("Picture address"),
    "groups": _("Groups"),
    "in_charge": _("In charge of groups"),
}
#: Headings by which a column is guessed, in small letters without spaces and signs.
HEADINGS: dict[str, tuple[str, ...]] = {
    "user_id": (
        *("userid", "id", "account", "login", "username", "studentid", "studentno", "studentnumber"),
        *(
            "用户id",
            "用户编号",
            "用户名",
            "账号",
            "帐号",
            "账号id",
            "学号",
            "工号",
            "编号",
            "学籍号",
            "登录名",
        ),
    ),
    "nickname": (
        *("name", "nickname", "fullname", "displayname", "student", "studentname"),
        *("姓名", "名字", "昵称", "名称", "学生姓名", "教师姓名", "老师姓名"),
    ),
    "role": ("role", "type", "角色", "身份", "用户角色", "类型"),
    "gender": ("gender", "sex", "性别"),
    "phone_no": (
        *("phone", "phoneno", "phonenumber", "mobile", "mobileno", "telephone", "tel"),
        *("电话", "手机", "手机号", "手机号码", "电话号码", "联系电话", "联系方式"),
    ),
    "e_mail": ("email", "mail", "emailaddress", "邮箱", "电子邮箱", "邮件", "电子邮件", "邮箱地址"),
    "avatar": ("avatar", "picture", "pictureaddress", "photo", "头像", "头像地址", "图片地址", "照片"),
    "groups": (
        *("group", "groups", "class", "classes", "studentgroup", "studentgroups"),
        *("班级", "分组", "小组", "学生组", "群组", "组", "所在班级"),
    ),
    "in_charge": (
        *("inchargeofgroups", "inchargeof", "incharge", "groupsincharge", "classteacherof", "homeroom"),
        *("负责的班级", "负责班级", "所带班级", "带班", "班主任班级", "任班主任的班级"),
    ),
}
PEOPLE_HEADINGS = {heading: field for field, headings in HEADINGS.items() for heading in headings}
_SIGNS = re.compile(r"[\W_]+")

#: Words for values, in both languages, as files have them.
ROLES: dict[str, str] = {
    **{role.value: role.value for role in Role},
    **dict.fromkeys(("管理员", "administrator", "校管理员"), Role.ADMIN),
    **dict.fromkeys(("老师", "教师", "讲师", "主讲", "主讲老师"), Role.TEACHER),
    **dict.fromkeys(("助教", "teachingassistant", "助教老师"), Role.ASSISTANT),
    **dict.fromkeys(("学生", "学员", "pupil"), Role.STUDENT),
    **dict.fromkeys(("督导", "巡课", "巡课员", "监课", "inspector"), Role.SUPERVISOR),
    **dict.fromkeys(("超级管理员",), Role.SUPERADMIN),
    **dict.fromkeys(("访客", "游客"), Role.VISITOR),
}
GENDERS = {
    **dict.fromkeys(("male", "m", "man", "boy", "男", "男性", "男生"), "male"),
    **dict.fromkeys(("female", "f", "woman", "girl", "女", "女性", "女生"), "female"),
}
_SEPARATORS = ";；、,，|\n\r"
_PARTS = re.compile(rf'\s*(?:"((?:[^"]|"")*)"|([^{_SEPARATORS}]*))\s*(?:[{_SEPARATORS}]|$)')


@dataclass(frozen=True)
class Options:
    """What the importer chose. `role` is given to new people whose row says none."""

    role: str = Role.STUDENT
    create_groups: bool = True
    leave_groups: bool = False
    clear_empty: bool = False

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Options":
        """From what is stored, whatever version wrote it."""
        known = cls().stored()
        found = cls(**{name: told.get(name, value) for name, value in known.items()})
        return found if found.role in REGISTRABLE else cls(**{**found.stored(), "role": Role.STUDENT})

    def stored(self) -> dict[str, Any]:
        return asdict(self)


def bare(text: str) -> str:
    """A heading or a word in small letters, without spaces and signs."""
    return _SIGNS.sub("", text.lower())


def guess(headings: Sequence[str], known: Mapping[str, str] = PEOPLE_HEADINGS) -> list[str]:
    """The field of each column, "" for none. Of two that fit one field, the first takes it.

    `known` names the field of each bare heading; without it those of people are meant.
    """
    found: list[str] = []
    for heading in headings:
        field = known.get(bare(heading), "")
        found.append("" if field in found else field)
    return found


def looks_like_headings(cells: Iterable[str], known: Mapping[str, str] = PEOPLE_HEADINGS) -> bool:
    """Whether two cells of the row are headings that we know: a title above them is not."""
    return sum(bool(field) for field in guess(list(cells), known)) > 1


def split_groups(cell: str) -> list[str]:
    """The names in a cell, each once. A name that holds a separator stands in quotes."""
    names = []
    for found in _PARTS.finditer(cell.strip()):
        name = found[1].replace('""', '"') if found[1] is not None else found[2].strip()
        if name:
            names.append(name)
    return list(dict.fromkeys(names))


def join_groups(names: Iterable[str]) -> str:
    """The cell from which `split_groups` reads the same names."""
    return "; ".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    plain = name == name.strip() and not set(name) & {*_SEPARATORS, '"'}
    return name if plain else '"' + name.replace('"', '""') + '"'
