"""The e-mail of a notice: in the language of the guardian, of one child, without anybody's contacts."""

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Guardian, GuardianNotice
from accounts.people.guardian_notices.sections import language_of, notice_text
from accounts.people.guardian_notices.tokens import unsubscribe_url
from console.ui.template_tags import format_time_zone


def build_email(notice: GuardianNotice) -> EmailMessage:
    """Return the e-mail of a notice whose guardian has an address."""
    guardian, school = notice.guardian, notice.enterprise
    url = unsubscribe_url(guardian)
    with language_of(guardian):
        title = _("Attendance of %(name)s") % {"name": guardian.person}
        context = {
            "school": school,
            "sections": notice_text(notice),
            "zone": format_time_zone(timezone.localtime(notice.created_at, school.tz)),
            "page": guardian_page_url(guardian),
            "choice": url,
        }
        text = render_to_string("accounts/people/guardian_notices/email.txt", context)
    headers = {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    # Remove line breaks, which would start another header.
    return EmailMessage(" ".join(title.split()), text, to=[guardian.e_mail.reveal()], headers=headers)


def guardian_page_url(guardian: Guardian) -> str:
    """Return the URL of the page with the notices; empty for a guardian who cannot sign in."""
    if guardian.account_id is None:
        return ""
    return f"{settings.PUBLIC_URL}{reverse('accounts:guardian_notice_list', args=[guardian.pk])}"
