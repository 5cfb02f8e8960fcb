"""Password validators."""

import re
from typing import Any

from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    NumericPasswordValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

#: Words that an attacker tries first (see docs/security.md).
COMMON_WORDS = (
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
#: Letters that must remain after removing these words and all non-letters.
MIN_REMAINING_LETTERS = 4


class TranslatedMinimumLengthValidator(MinimumLengthValidator):
    """Django's validator with our message, because Django's lacks a Chinese translation since 5.2."""

    def get_error_message(self) -> str:
        return _("The password is too short. Use at least %(n)d characters.") % {"n": self.min_length}


class PlainSimilarityValidator(UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return _("The password is too much like this entry: %(verbose_name)s. Choose another password.")


class PlainCommonValidator(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Many people use this password, so it is easy to guess. Choose another one.")


class PlainNumericValidator(NumericPasswordValidator):
    def get_error_message(self) -> str:
        return _("The password has only digits. Add letters.")


class SchoolWordsValidator:
    """Reject passwords made only of common words, the name or number of the school, and digits."""

    def validate(self, password: str, user: Any = None) -> None:
        school = getattr(user, "enterprise", None)
        named = f"{school.name} {school.sdkappid}".lower() if school else ""
        words = (found.group() for found in re.finditer(r"\w{3,}", named))
        rest = password.lower()
        for word in sorted({*COMMON_WORDS, *words}, key=len, reverse=True):
            rest = rest.replace(word, "")
        if rest != password.lower() and len(re.sub(r"[\W\d_]", "", rest)) < MIN_REMAINING_LETTERS:
            raise ValidationError(self._message(), "our_words")

    def get_help_text(self) -> str:
        return self._message()

    def _message(self) -> str:
        return _("The password is too easy to guess. Add words of your own.")
