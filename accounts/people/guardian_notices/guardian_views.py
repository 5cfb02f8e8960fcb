"""The page on which a guardian reads what the console has told them about a child."""

from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.people.guardian_notices.queries import notices_of
from accounts.sign_in.guardians.pages import GuardianPage


class GuardianNoticeList(GuardianPage, TemplateView):
    """The notices of one child, the newest first, also those whose e-mail did not leave."""

    needs = "told_attendance"
    template_name = "accounts/people/guardian_notices/guardian_list.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        notices = notices_of(self.guardian)
        return super().get_context_data(title=_("Notifications"), notices=notices, **more)
