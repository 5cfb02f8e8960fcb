"""Who a session is of."""

from django.contrib.auth.backends import ModelBackend

from accounts.models import User


class WithTheirSchool(ModelBackend):
    """The person of a session in one question with their school, which every page asks for next."""

    def get_user(self, user_id: int) -> User | None:
        person = User.objects.select_related("enterprise").filter(pk=user_id).first()
        return person if self.user_can_authenticate(person) else None
