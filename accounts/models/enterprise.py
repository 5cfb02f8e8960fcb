"""A school (企业)."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import sign_in_name
from console.iclass import Client, Exchange, Route, user_sig
from console.outbox.mirrored import Mirrored
from console.vault.fields import SealedField
from console.vault.models import Sealed

#: Sent inside the transaction that turns on the extended fields of a school: `school`, `by`.
later_fields_on = Signal()


def callback_token() -> str:
    """Return the random part of a callback URL, which protects callbacks in addition to the signature."""
    return secrets.token_urlsafe(24)


def _switch(label: Any, *, on: bool) -> Any:
    """Return the column of a switch; its default is what the policy table says."""
    return models.BooleanField(label, default=on, db_default=on)


class DefaultRecording(models.TextChoices):
    """Where new lessons are recorded unless their form says otherwise."""

    LOCAL = "local", _("on the teacher's computer")
    REMOTE = "remote", _("in the cloud")
    BOTH = "both", _("on the teacher's computer and in the cloud")


class Enterprise(Sealed, Mirrored):
    """A school: keys, contacts, callback address, time zone and attendance policy.

    API document: 企业模块. `remote_id` is the API's `enterprise_id`.
    """

    MIRROR_COLUMNS = Mirrored.MIRROR_COLUMNS | {
        *("busi_type", "super_admin", "icon", "bizid", "create_time", "valid_seconds")
    }
    #: Forms show them in minutes, so conflict messages do not name the seconds.
    UNNAMED_FIELDS = frozenset({"late_after_s", "early_leave_s"})

    name = models.CharField(_("school name"), max_length=120)
    sdkappid = models.PositiveBigIntegerField(_("School's number (SDKAppID)"), unique=True)
    tic_key = SealedField(_("API key"))
    tic_key_previous = SealedField(_("previous API key"), null=True, blank=True)
    private_key = SealedField(_("private key"), null=True, blank=True)
    contact_user = models.CharField(_("contact"), max_length=120, blank=True)
    phone_no = models.CharField(_("phone"), max_length=40, blank=True)
    e_mail = models.EmailField(_("e-mail"), blank=True)
    call_back_url = models.URLField(_("callback address"), max_length=500, blank=True)
    appid = models.PositiveBigIntegerField("AppID", default=0)
    project_id = models.PositiveBigIntegerField(_("project"), default=0)
    secret_id = models.CharField(_("secret ID"), max_length=120, blank=True)
    secret_key = SealedField(_("secret key"), null=True, blank=True)

    busi_type = models.CharField(_("business type"), max_length=40, blank=True, editable=False)
    super_admin = models.CharField(_("superadmin's user ID"), max_length=64, blank=True, editable=False)
    icon = models.CharField(_("logo at iclass"), max_length=500, blank=True, editable=False)
    bizid = models.BigIntegerField(_("Number of the cloud account (BizID)"), default=0, editable=False)
    create_time = models.DateTimeField(_("created at iclass"), null=True, editable=False)
    valid_seconds = models.BigIntegerField(_("licence length in seconds"), default=0, editable=False)

    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    callback_token = models.CharField(max_length=64, unique=True, default=callback_token, editable=False)
    room_address = models.URLField(_("classroom address"), max_length=300, blank=True)
    later_fields = models.BooleanField(_("iclass supports the additional fields"), default=False)
    h5_white_listed = models.BooleanField(_("allowlisted for animated versions at iclass"), default=False)
    late_after_s = models.PositiveIntegerField(_("late after (seconds)"), default=300)
    early_leave_s = models.PositiveIntegerField(_("left early (seconds before the end)"), default=300)
    present_share = models.PositiveSmallIntegerField(
        _("present from (percent of the lesson)"), default=50, validators=[MaxValueValidator(100)]
    )
    leave_minutes = models.PositiveSmallIntegerField(
        _("leave excuses from (minutes of the lesson)"),
        default=1,
        db_default=1,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    leave_request_days = models.PositiveSmallIntegerField(
        _("leave can be requested afterwards (days)"),
        default=14,
        db_default=14,
        validators=[MaxValueValidator(90)],
    )
    # Empty: the limits of the installation (accounts.sign_in.session_limits).
    session_idle_minutes = models.PositiveSmallIntegerField(
        _("sign out after inactivity (minutes)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    session_hours = models.PositiveSmallIntegerField(
        _("sign out after signing in (hours)"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    # The switches of console/policy/switches.py, which has the defaults and what each does.
    teachers_schedule = _switch(_("Teachers schedule their own lessons"), on=False)
    teachers_edit_rosters = _switch(_("Teachers edit the lists of their lessons"), on=False)
    teachers_correct = _switch(_("Teachers and assistants correct marks"), on=True)
    correct_within_days = models.PositiveSmallIntegerField(
        _("Until so many days after the lesson"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
    )
    teachers_see_phones = _switch(_("Teachers see phones of their students"), on=False)
    assistants_close = _switch(_("Assistants close registers"), on=True)
    students_see_recordings = _switch(_("Students see recordings"), on=True)
    students_appeal = _switch(_("Students appeal"), on=True)
    default_recording = models.CharField(
        _("recording of new lessons"), max_length=6, choices=DefaultRecording, default=DefaultRecording.LOCAL
    )
    included_minutes = models.PositiveBigIntegerField(
        _("participant minutes in the licence"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    minutes_since = models.DateField(_("minutes are counted from"), null=True, blank=True)
    #: None: people of the school sign in on the page of all schools.
    sign_in_name = models.CharField(
        _("name in the sign-in address"),
        max_length=sign_in_name.MAX_LENGTH,
        unique=True,
        null=True,
        blank=True,
        validators=[sign_in_name.validate_form, sign_in_name.validate_not_reserved],
    )
    logo = models.CharField(_("logo"), max_length=60, blank=True, editable=False)
    keep_messages_days = models.PositiveIntegerField(_("retention of events (days)"), null=True, blank=True)
    keep_evidence_days = models.PositiveIntegerField(
        _("retention of raw evidence (days)"), null=True, blank=True
    )
    samples_on = models.BooleanField(_("keep engagement samples"), default=False)
    keep_samples_days = models.PositiveSmallIntegerField(
        _("retention of engagement samples (days)"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(90)],
    )
    keep_recordings_days = models.PositiveIntegerField(
        _("retention of recordings (days)"), null=True, blank=True
    )
    keep_leave_files_days = models.PositiveIntegerField(
        _("retention of attachments of leave (days)"), null=True, blank=True, default=365, db_default=365
    )
    keep_export_files_days = models.PositiveSmallIntegerField(
        _("retention of files of scheduled exports (days)"),
        default=30,
        db_default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    keep_notices_days = models.PositiveIntegerField(
        _("retention of notifications (days)"), null=True, blank=True
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("school")
        verbose_name_plural = _("schools")
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(present_share__lte=100), name="enterprise_share_is_percent"
            ),
            # The address of the sign-in page is made of it.
            models.CheckConstraint(
                condition=models.Q(sign_in_name__regex="^[a-z0-9-]+$"), name="enterprise_sign_in_name_form"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:school")

    def sealed_for(self) -> str:
        return str(self.sdkappid)

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    @property
    def licence_ends_at(self) -> datetime | None:
        """Return `create_time + valid_time`; None if the API sent neither or no valid time."""
        if not self.create_time or not self.valid_seconds:
            return None
        try:
            return datetime.fromtimestamp(self.create_time.timestamp() + self.valid_seconds, UTC)
        except (OverflowError, OSError, ValueError):
            return None

    @property
    def default_record_types(self) -> list[str]:
        """Return the `record_types` of the API with which the form of a new lesson begins."""
        both = self.default_recording == DefaultRecording.BOTH
        return ["local", "remote"] if both else [str(self.default_recording)]

    @property
    def logo_url(self) -> str:
        """Return the path of the school's logo, or an empty string."""
        return reverse("accounts:logo", args=[self.logo]) if self.logo else ""

    @property
    def sign_in_url(self) -> str:
        """Return the address of the school's own sign-in page; empty if it has none."""
        if not self.sign_in_name:
            return ""
        return f"{settings.PUBLIC_URL}{reverse('accounts:school_sign_in', args=[self.sign_in_name])}"

    @property
    def own_callback_url(self) -> str:
        """Return the callback URL that the API should call."""
        return f"{settings.PUBLIC_URL}/callbacks/iclass/{self.callback_token}/"

    def keys(self) -> list[str]:
        """Return the keys that may sign a callback: the current and, during rotation, the previous one."""
        return [key.reveal() for key in (self.tic_key, self.tic_key_previous) if key]

    def client(
        self,
        *,
        timeout_s: float | None = None,
        until: float | None = None,
        on_exchange: Callable[[Exchange], None] | None = None,
    ) -> Client:
        """Return an API client that signs with this school's key.

        A call times out after `timeout_s` (default: the setting). From `until` (Unix seconds, the end of a
        lease) on the client sends nothing. Signatures are corrected for clock skew. `on_exchange` is called
        with every exchange.
        """
        return Client(
            settings.ICLASS_BASE_URL,
            self.sdkappid,
            self.tic_key.reveal(),
            timeout=timeout_s or settings.ICLASS_TIMEOUT_S,
            signature_life=settings.ICLASS_SIGNATURE_LIFE_S,
            clock=lambda: timezone.now().timestamp(),
            until=until,
            correct_skew=True,
            on_exchange=on_exchange,
            route=Route(settings.ICLASS_PROXY, settings.ICLASS_CA_BUNDLE),
        )

    def build_user_sig(self, identifier: str, *, lifetime_s: int = 86400) -> str:
        """Return a UserSig, valid for `lifetime_s` seconds. Raise ValueError without a private key."""
        if not self.private_key:
            raise ValueError("this school has no private key yet")
        return user_sig(
            self.private_key.reveal(),
            sdkappid=self.sdkappid,
            identifier=identifier,
            lifetime_s=lifetime_s,
            now=int(timezone.now().timestamp()),
        )
