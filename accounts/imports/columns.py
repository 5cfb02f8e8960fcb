"""Columns of an import of people: fields, headings, options, and the spelling of roles and genders."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models.consent import AgeGroup
from accounts.models.guardian import Guardian
from accounts.models.roles import REGISTRABLE, Role
from console.imports.columns import normalize_heading

#: Fields of a person besides the user ID, in the order of export columns.
FIELDS = ("nickname", "role", "gender", "phone_no", "e_mail", "avatar", "age_group")
#: Fields that iclass knows.
REMOTE_FIELDS = tuple(name for name in FIELDS if name != "age_group")
#: Fields that an export holds only with a reason.
PRIVATE_FIELDS = ("phone_no", "e_mail", "age_group")
#: What only the office sees and the database has encrypted; see `office_facts`. Each with its field of the
#: policy table and its name in the record of who saw what.
OFFICE_FIELDS = {
    "date_of_birth": ("date_of_birth", "date_of_birth"),
    "consent_on": ("consent", "consent"),
    "consent_by": ("consent", "guardian"),
}
#: Fields of a guardian, and the columns of the two guardians that a row may name.
GUARDIAN_FIELDS = ("name", "relation", "phone_no", "e_mail", "language")
GUARDIAN_COLUMNS: dict[str, tuple[int, str]] = {
    f"guardian{number}_{short}": (number, name)
    for number in (1, 2)
    for short, name in zip(("name", "relation", "phone", "mail", "language"), GUARDIAN_FIELDS, strict=True)
}
GROUPS = "groups"
#: The grade that the groups of the row get.
GRADE = "grade"
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
    "age_group": _("Age group"),
    "date_of_birth": _("Date of birth"),
    "consent_on": _("Consent given on"),
    "consent_by": _("Consent given by"),
    "groups": _("Groups"),
    "grade": _("Grade"),
    "in_charge": _("Teacher in charge of groups"),
    "guardian1_name": _("Guardian 1 name"),
    "guardian1_relation": _("Guardian 1 relation"),
    "guardian1_phone": _("Guardian 1 phone"),
    "guardian1_mail": _("Guardian 1 e-mail"),
    "guardian1_language": _("Guardian 1 language"),
    "guardian2_name": _("Guardian 2 name"),
    "guardian2_relation": _("Guardian 2 relation"),
    "guardian2_phone": _("Guardian 2 phone"),
    "guardian2_mail": _("Guardian 2 e-mail"),
    "guardian2_language": _("Guardian 2 language"),
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
    "age_group": ("agegroup", "agerange", "年龄段", "年龄组", "年龄"),
    "date_of_birth": ("dateofbirth", "birthday", "birthdate", "dob", "出生日期", "生日", "出生年月日"),
    "consent_on": ("consentgivenon", "consenton", "consentdate", "同意日期", "监护人同意日期"),
    # Not "guardian": rosters have it without a consent, and every row would be refused.
    "consent_by": ("consentgivenby", "consentby", "同意人"),
    "groups": (
        *("group", "groups", "class", "classes", "studentgroup", "studentgroups"),
        *("班级", "分组", "小组", "学生组", "群组", "组", "所在班级"),
    ),
    "grade": ("grade", "gradename", "yeargroup", "年级", "所在年级", "年级名称"),
    "in_charge": (
        *("teacherinchargeofgroups", "inchargeofgroups", "inchargeof", "incharge", "groupsincharge"),
        *("classteacherof", "homeroom"),
        *("负责的班级", "负责班级", "所带班级", "带班", "班主任班级", "任班主任的班级"),
    ),
}
_GUARDIAN_WORDS = {
    "name": ("name", "姓名", "名字"),
    "relation": ("relation", "relationship", "关系", "与学生关系"),
    "phone": ("phone", "phoneno", "phonenumber", "mobile", "电话", "手机", "手机号", "联系电话", "电话号码"),
    "mail": ("email", "mail", "emailaddress", "邮箱", "电子邮箱", "邮件"),
    "language": ("language", "语言"),
}
_GUARDIAN_PREFIXES = {
    1: ("guardian1", "guardian", "parent1", "parent", "监护人1", "监护人", "家长1", "家长", "第一监护人"),
    2: ("guardian2", "parent2", "监护人2", "家长2", "第二监护人"),
}
HEADINGS |= {
    f"guardian{number}_{short}": tuple(prefix + word for prefix in prefixes for word in words)
    for number, prefixes in _GUARDIAN_PREFIXES.items()
    for short, words in _GUARDIAN_WORDS.items()
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
AGE_GROUPS: dict[str, str] = {
    **{normalize_heading(group.value): group.value for group in AgeGroup},
    **dict.fromkeys(("under14", "14岁以下", "14周岁以下", "不满14周岁", "未满14周岁"), AgeGroup.UNDER_14),
    **dict.fromkeys(("14to17", "1417", "14至17岁", "14至17周岁", "1417岁"), AgeGroup.MINOR),
    **dict.fromkeys(("18orolder", "18岁及以上", "18周岁及以上", "成年", "成年人"), AgeGroup.ADULT),
}
#: Spellings of a guardian's relation and language, normalized like headings.
RELATIONS: dict[str, str] = {
    **{relation.value: relation.value for relation in Guardian.Relation},
    **dict.fromkeys(("mom", "mum", "mama", "妈妈", "母亲", "母", "母子", "母女"), Guardian.Relation.MOTHER),
    **dict.fromkeys(("dad", "papa", "爸爸", "父亲", "父", "父子", "父女"), Guardian.Relation.FATHER),
    **dict.fromkeys(
        (
            *("grandmother", "grandfather", "grandma", "grandpa", "祖父母或外祖父母", "祖父母", "外祖父母"),
            *("爷爷", "奶奶", "外公", "外婆", "姥姥", "姥爷", "祖父", "祖母", "外祖父", "外祖母"),
        ),
        Guardian.Relation.GRANDPARENT,
    ),
    **dict.fromkeys(("其他", "其它", "其他监护人", "guardian", "监护人"), Guardian.Relation.OTHER),
}
LANGUAGES: dict[str, str] = {
    **dict.fromkeys(("zhhans", "zh", "zhcn", "chinese", "simplifiedchinese"), "zh-hans"),
    **dict.fromkeys(("中文", "汉语", "简体中文", "中文简体"), "zh-hans"),
    **dict.fromkeys(("en", "english", "英语", "英文"), "en"),
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
