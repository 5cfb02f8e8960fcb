"""The page on which a guardian reads what the console has told them about a child."""

from typing import Any

from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from accounts.people.guardian_notices.queries import NEWEST_FIRST, listed_notices, notices_of
from accounts.sign_in.guardians.pages import GuardianPage
from console.policy.views import paginate_by_key


class GuardianNoticeList(GuardianPage, TemplateView):
    """The notices of one child, the newest first, also those whose e-mail did not leave."""

    needs = "told_attendance"
    template_name = "accounts/people/guardian_notices/guardian_list.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        keyset = paginate_by_key(notices_of(self.guardian), self.request, NEWEST_FIRST)
        return super().get_context_data(
            title=_("Notifications"), notices=listed_notices(keyset.rows), keyset=keyset, **more
        )
