"""What is asked before a lesson is saved that is unusually long or that nobody attends."""

from datetime import timedelta

from django.utils.translation import gettext as _

from console.ui.template_tags import duration

#: Longer lessons are possible, but nobody meant most of them: the end was taken for the morning.
USUAL_LENGTH = timedelta(hours=6)


def ask_about_lesson(
    length: timedelta, *, is_attended: bool, length_before: timedelta = USUAL_LENGTH
) -> list[str]:
    """Return the questions; a lesson that was as long before is not asked about again."""
    found = []
    if length > max(USUAL_LENGTH, length_before):
        time = duration(int(length.total_seconds()))
        found.append(_("The lesson lasts %(time)s. Is that right?") % {"time": time})
    if not is_attended:
        found.append(_("No student and no group is chosen. Is that right?"))
    return found
