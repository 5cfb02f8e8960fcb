"""People (账号)."""

from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, check_password, make_password
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Reverse, Upper
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.consent import AgeGroup, ConsentState
from accounts.models.enterprise import Enterprise
from accounts.models.roles import STAFF, Role
from accounts.models.searchable_name import SearchableName, SearchNameField, SortNameField
from console.outbox.mirrored import Mirrored
from console.vault.fields import SealedField
from console.vault.models import Sealed

SESSION_SALT = "accounts.User.session"

user_id_validator = RegexValidator(
    r"^[A-Za-z0-9_.\-]{1,32}$",
    _("Use 1 to 32 letters, digits, dots, hyphens or underscores."),
)


#: People who cannot sign in with a password; a partial index has the same condition.
WITHOUT_PASSWORD = models.Q(password="") | models.Q(password__startswith=UNUSABLE_PASSWORD_PREFIX)


def triple_characters(text: Any) -> models.Func:
    """Return the text in upper case with each character tripled.

    A trigram index cannot find texts of fewer than three characters, and many Chinese names have two.
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
        """Create a platform operator, who has no school and may enter any school with a reason."""
        user = self.model(login=login, is_superuser=True, role="", nickname=login)
        user.set_password(password)
        user.save(using=self._db, force_insert=True)
        return user

    def create_superuser(self, login: str, password: str = "", **extra: Any) -> "User":
        """Create an operator; called by `manage.py createsuperuser`."""
        return self.create_operator(login, password)


class User(Sealed, Mirrored, SearchableName, AbstractBaseUser):
    """A person with one role in one school, or a platform operator (no school).

    API document: 账号模块. `login` is `user_id@sdkappid`; a person needs a password to sign in. People are
    never deleted, here or remotely; they are deactivated.
    """

    MIRROR_COLUMNS = Mirrored.MIRROR_COLUMNS | {
        *("user_token", "card_number", "card_since", "regist_time", "update_time")
    }
    #: Contacts. Conflict messages do not show their current values.
    UNNAMED_FIELDS = frozenset({"phone_no", "e_mail"})

    NAME_FIELD = "nickname"

    class Gender(models.TextChoices):
        MALE = "male", _("male")
        FEMALE = "female", _("female")

    # No index of its own: the indexes in `Meta` start with this column. Only operators have no school, and
    # the policy keeps them from what belongs to one: hence Any instead of `Enterprise | None`.
    enterprise: "models.ForeignKey[Any, Any]" = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="users",
        verbose_name=_("school"),
        db_index=False,
    )
    login = models.CharField(_("login"), max_length=100, unique=True, editable=False)
    user_id = models.CharField(_("user ID"), max_length=64, blank=True, validators=[user_id_validator])
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, blank=True)
    nickname = models.CharField(_("name"), max_length=60)
    sort_name = SortNameField(_("name for sorting"), source="nickname", surname=True)
    search_name = SearchNameField(_("name in pinyin"), source="nickname", surname=True)
    gender = models.CharField(_("gender"), max_length=8, choices=Gender.choices, blank=True)
    avatar = models.URLField(_("picture address"), max_length=500, blank=True)
    phone_no = models.CharField(_("phone"), max_length=30, blank=True)
    e_mail = models.EmailField(_("e-mail"), blank=True)
    #: Digest of the address that the person has shown to be theirs; see accounts.sign_in.verified_addresses.
    verified_e_mail = models.CharField(
        _("verified e-mail"), max_length=64, blank=True, default="", db_default="", editable=False
    )
    user_token = SealedField(_("entry token"), null=True, blank=True)
    #: Never sent to iclass. The group is that of the date of birth, if there is one; see `age_and_consent`.
    date_of_birth = SealedField(_("date of birth"), null=True, blank=True)
    age_group = models.CharField(
        _("age group"), max_length=8, choices=AgeGroup.choices, blank=True, default="", db_default=""
    )
    #: The state of the newest Consent.
    consent = models.CharField(
        _("consent"),
        max_length=9,
        choices=ConsentState.choices,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    regist_time = models.DateTimeField(_("registered at"), null=True, editable=False)
    update_time = models.DateTimeField(_("changed at iclass at"), null=True, editable=False)
    language = models.CharField(_("language"), max_length=10, blank=True, editable=False)
    card_number = models.PositiveIntegerField(_("entry cards issued"), default=0, editable=False)
    card_since = models.DateTimeField(_("entry card valid since"), null=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)
    erased_at = models.DateTimeField(_("personal data erased at"), null=True, editable=False)
    is_superuser = models.BooleanField(_("platform operator"), default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "login"

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["sort_name", "nickname", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["enterprise", "user_id"],
                name="user_id_once_a_school",
                violation_error_message=_("This user ID is already used in your school."),
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
            models.Index(fields=["enterprise", "sort_name", "nickname", "id"], name="user_by_sort_name"),
            models.Index(
                fields=["enterprise", "sync_state", "sort_name", "nickname", "id"],
                condition=~models.Q(sync_state="in_sync"),
                name="user_not_in_sync_by_name",
            ),
            models.Index(fields=["enterprise", "sync_state", "id"], name="user_by_sync_state"),
            models.Index(
                fields=["enterprise", "age_group", "consent", "sort_name", "nickname", "id"],
                condition=~models.Q(age_group=""),
                name="user_by_age_group",
            ),
            models.Index(
                fields=["enterprise", "consent", "sort_name", "nickname", "id"], name="user_by_consent"
            ),
            models.Index(
                fields=["enterprise", "sort_name", "nickname", "id"],
                condition=WITHOUT_PASSWORD,
                name="user_without_password_by_name",
            ),
            models.Index(
                "enterprise",
                Upper("e_mail"),
                condition=~models.Q(e_mail=""),
                name="user_by_e_mail",
            ),
            models.Index(OpClass(Reverse("phone_no"), "text_pattern_ops"), name="user_by_end_of_phone"),
            GinIndex(OpClass(Upper("nickname"), "gin_trgm_ops"), name="user_nickname_trgm"),
            GinIndex(OpClass(Upper("user_id"), "gin_trgm_ops"), name="user_id_trgm"),
            GinIndex(OpClass("search_name", "gin_trgm_ops"), name="user_search_name_trgm"),
            GinIndex(OpClass(triple_characters("nickname"), "gin_trgm_ops"), name="user_nickname_tripled"),
            GinIndex(OpClass(triple_characters("user_id"), "gin_trgm_ops"), name="user_id_tripled"),
        ]

    def __str__(self) -> str:
        return self.nickname or self.user_id or self.login

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.is_superuser and self.enterprise is not None:  # the school of a visit is never saved
            school, self.enterprise = self.enterprise, None
            super().save(*args, **kwargs)
            self.enterprise = school
            return
        if self.enterprise is not None:
            self.login = f"{self.user_id}@{self.enterprise.sdkappid}"
        super().save(*args, **kwargs)

    def check_password(self, raw_password: str | None) -> bool:
        """Check the password; rehash it if its hasher is outdated.

        The hash is replaced by compare-and-set, so that it cannot overwrite a password set concurrently.
        """

        def rehash(password: str) -> None:
            old, new = self.password, make_password(password)
            if User.objects.filter(pk=self.pk, password=old).update(password=new):
                self.password = new

        return check_password(raw_password, self.password, rehash)

    def get_absolute_url(self) -> str:
        return reverse("classes:person", args=[self.pk])

    def sealed_for(self) -> str:
        return "" if self.is_superuser else str(self.enterprise_id or "")

    def enter_school(self, school: Enterprise) -> None:
        """Set the school of an operator during a visit, on this object only; it is never saved."""
        if not self.is_superuser:
            raise ValueError("Only operators visit schools; everybody else has one.")
        self.enterprise = school

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Invalidate sessions when the password, role or active state changes."""
        state = f"{self.password}\n{self.role}\n{self.is_active}"
        return salted_hmac(SESSION_SALT, state, secret=secret, algorithm="sha256").hexdigest()

    def store_entry_token(self, token: str) -> None:
        """Set a new entry token and card number without saving. Cards printed before become invalid."""
        self.user_token = token
        self.card_number += 1
        self.card_since = timezone.now()

    @property
    def difference_reason(self) -> str:
        """Return "repeat_conflict" if the user ID already existed remotely with other data, else ""."""
        repeated = self.remote_id and not self.made_outside and not self.erased_at
        return "repeat_conflict" if repeated and not self.user_token else ""

    @property
    def is_staff(self) -> bool:
        """Whether the user may open the Django admin: administrators of a school, and operators."""
        return self.is_active and (self.is_superuser or self.role in (Role.ADMIN, Role.SUPERADMIN))

    @property
    def is_school_staff(self) -> bool:
        return self.role in STAFF

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Return False: `console.policy` replaces Django's permissions."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff
