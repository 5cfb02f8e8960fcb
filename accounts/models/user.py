"""A person (账号)."""

from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Reverse, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.enterprise import Enterprise
from accounts.roles import STAFF, Role
from console.outbox.mirrored import Mirrored
from console.vault.fields import SealedField
from console.vault.models import Sealed

SESSION_SALT = "accounts.User.session"

user_id_rule = RegexValidator(
    r"^[A-Za-z0-9_.\-]{1,32}$",
    _("Use 1 to 32 letters, digits, dots, hyphens or underscores."),
)


def tripled(text: Any) -> models.Func:
    """A text in capitals with each letter three times.

    The index of likeness knows no words of fewer than three letters, and many Chinese names have two:
    tripled, they have six.
    """
    return models.Func(
        Upper(text),
        models.Value("(.)"),
        models.Value(r"\1\1\1"),
        models.Value("g"),
        function="REGEXP_REPLACE",
        output_field=models.TextField(),
    )


class UserManager(BaseUserManager["User"]):
    def create_operator(self, login: str, password: str) -> "User":
        """A platform operator: no school, every school's door with a reason."""
        user = self.model(login=login, is_superuser=True, role="", nickname=login)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, login: str, password: str = "", **extra: Any) -> "User":
        """What `manage.py createsuperuser` calls."""
        return self.create_operator(login, password)


class User(Sealed, Mirrored, AbstractBaseUser):
    """A person of one school with one role, or a platform operator (no school).

    The document's 账号模块. `login` is `user_id@sdkappid`; a person signs in only where given a
    password. Nobody is ever deleted, here or at the service: people are deactivated.
    """

    class Gender(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")

    # The indexes of `Meta` begin with it.
    enterprise = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("school"),
        db_index=False,
    )
    login = models.CharField(_("login"), max_length=100, unique=True, editable=False)
    user_id = models.CharField(_("user id"), max_length=64, blank=True, validators=[user_id_rule])
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, blank=True)
    nickname = models.CharField(_("name"), max_length=60)
    gender = models.CharField(_("gender"), max_length=8, choices=Gender.choices, blank=True)
    avatar = models.URLField(_("picture address"), max_length=500, blank=True)
    phone_no = models.CharField(_("phone"), max_length=30, blank=True)
    e_mail = models.EmailField(_("e-mail"), blank=True)
    user_token = SealedField(_("entry token"), null=True, blank=True)
    regist_time = models.DateTimeField(_("registered"), null=True, editable=False)
    update_time = models.DateTimeField(_("changed at the service"), null=True, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True, editable=False)
    card_number = models.PositiveIntegerField(_("entry cards given out"), default=0, editable=False)
    card_since = models.DateTimeField(_("entry card since"), null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, editable=False)
    is_superuser = models.BooleanField(_("platform operator"), default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "login"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["nickname", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "user_id"],
                name="user_id_once_a_school",
                violation_error_message=_("This user id is taken in your school."),
            ),
            models.CheckConstraint(
                condition=models.Q(enterprise__isnull=True, is_superuser=True)
                | models.Q(enterprise__isnull=False, is_superuser=False),
                name="user_has_a_school_unless_operator",
            ),
        ]
        indexes = [
            models.Index(fields=["enterprise", "-id"], name="user_newest"),
            models.Index(fields=["enterprise", "role", "id"], name="user_by_role"),
            models.Index(fields=["enterprise", "nickname", "id"], name="user_by_name"),
            models.Index(
                fields=["enterprise", "sync_state", "nickname", "id"],
                condition=~models.Q(sync_state="in_sync"),
                name="user_not_in_sync",
            ),
            models.Index(OpClass(Reverse("phone_no"), "text_pattern_ops"), name="user_by_end_of_phone"),
            GinIndex(OpClass(Upper("nickname"), "gin_trgm_ops"), name="user_nickname_trgm"),
            GinIndex(OpClass(Upper("user_id"), "gin_trgm_ops"), name="user_id_trgm"),
            GinIndex(OpClass(tripled("nickname"), "gin_trgm_ops"), name="user_nickname_tripled"),
            GinIndex(OpClass(tripled("user_id"), "gin_trgm_ops"), name="user_id_tripled"),
        ]

    def __str__(self) -> str:
        return self.nickname or self.user_id or self.login

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.is_superuser and self.enterprise is not None:  # a visit is never stored
            school, self.enterprise = self.enterprise, None
            super().save(*args, **kwargs)
            self.enterprise = school
            return
        if self.enterprise is not None:
            self.login = f"{self.user_id}@{self.enterprise.sdkappid}"
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("classes:person", args=[self.pk])

    def sealed_for(self) -> str:
        return "" if self.is_superuser else str(self.enterprise_id or "")

    def visit(self, school: Enterprise) -> None:
        """Stand in a school, as an operator does during a visit: for this object only, it is never stored."""
        if not self.is_superuser:
            raise ValueError("Only operators visit schools; everybody else has one.")
        self.enterprise = school

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions die with a new password, another role, and deactivation."""
        standing = f"{self.password}\n{self.role}\n{self.is_active}"
        return salted_hmac(SESSION_SALT, standing, secret=secret, algorithm="sha256").hexdigest()

    def give_token(self, token: str) -> None:
        """Keep a new entry token: it has a card of its own, and voids those printed before. Not saved yet."""
        self.user_token = token
        self.card_number += 1
        self.card_since = timezone.now()

    @property
    def why_different(self) -> str:
        """Somebody of this user id existed at the service when we registered ours, with other data."""
        met = self.remote_id and not self.made_outside and not self.erased_at
        return "repeat_conflict" if met and not self.user_token else ""

    @property
    def is_staff(self) -> bool:
        """May open the Django admin: a school's administrators and the operators."""
        return self.is_active and (self.is_superuser or self.role in (Role.ADMIN, Role.SUPERADMIN))

    @property
    def works_here(self) -> bool:
        return self.role in STAFF

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's own permission words are not used: `console.policy` decides."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
