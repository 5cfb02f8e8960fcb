"""Columns of an import of people: fields, headings, options, and the spelling of roles and genders."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models.roles import REGISTRABLE, Role

#: Fields of a person besides the user ID, in the order of export columns.
FIELDS = ("nickname", "role", "gender", "phone_no", "e_mail", "avatar")
GROUPS = "groups"
#: Groups that a staff member is in charge of.
IN_CHARGE = "in_charge"
LABELS: dict[str, str | Promise] = {
    "user_id": _("User ID"),
    "nickname": _("Name"),
    "role": _("Role"),
    "gender": _("Gender"),
    "phone_no": _("Phone"),
    "e_mail": _("E-mail"),
    "avatar": _("Picture address"),
    "groups": _("Groups"),
    "in_charge": _("Teacher in charge of groups"),
}
#: Headings by which a column is guessed, normalized by `console.imports.columns`.
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
        *("teacherinchargeofgroups", "inchargeofgroups", "inchargeof", "incharge", "groupsincharge"),
        *("classteacherof", "homeroom"),
        *("负责的班级", "负责班级", "所带班级", "带班", "班主任班级", "任班主任的班级"),
    ),
}
PEOPLE_HEADINGS = {heading: field for field, headings in HEADINGS.items() for heading in headings}

#: Spellings of values in both languages.
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


@dataclass(frozen=True)
class ImportOptions:
    """Options of an import. `role` is the default role of new people."""

    role: str = Role.STUDENT
    create_groups: bool = True
    leave_groups: bool = False
    clear_empty: bool = False

    @classmethod
    def from_mapping(cls, stored: Mapping[str, Any]) -> "ImportOptions":
        """Load stored options; unknown keys are ignored, missing ones get their default."""
        defaults = cls().to_dict()
        options = cls(**{name: stored.get(name, value) for name, value in defaults.items()})
        return options if options.role in REGISTRABLE else cls(**{**options.to_dict(), "role": Role.STUDENT})

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)
