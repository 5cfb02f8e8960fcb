"""Rules of passwords beside Django's own."""

import re
from typing import Any

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: What somebody tries first who knows where they are (docs/security.md names them too).
OURS = (
    *("iclass", "console", "tencent", "qcloud", "classroom", "class", "school", "lesson", "course", "online"),
    *(
        "teacher",
        "student",
        "admin",
        "superadmin",
        "supervisor",
        "assistant",
        "operator",
        "password",
        "welcome",
    ),
    *("tengxun", "ketang", "xuexiao", "jiaoshi", "laoshi", "xuesheng", "guanliyuan", "mima", "huanying"),
    *("互动课堂", "腾讯", "课堂", "学校", "老师", "教师", "学生", "管理员", "密码"),
)
#: So many letters must be left where those words and all that is no letter are taken out.
LEFT = 4


class LongEnough(MinimumLengthValidator):
    """Django's rule in our words: its own sentence is not translated into Chinese since 5.2."""

    def get_error_message(self) -> str:
        return _("The password is too short. Use at least %(n)d characters.") % {"n": self.min_length}


class NotOurWords:
    """Refuses what is made of the words of this place, of the own school and of figures alone."""

    def validate(self, password: str, user: Any = None) -> None:
        school = getattr(user, "enterprise", None)
        named = re.findall(r"\w{3,}", f"{school.name} {school.sdkappid}".lower()) if school else []
        rest = password.lower()
        for word in sorted({*OURS, *named}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != password.lower() and len(re.sub(r"[\W\d_]", "", rest)) < LEFT:
            raise ValidationError(self._sentence(), "our_words")

    def get_help_text(self) -> str:
        return self._sentence()

    def _sentence(self) -> str:
        return _("The password is made of words that anybody here would try first. Add words of your own.")
