"""What people hear when lessons are cancelled: whether anything, and what besides."""

from collections.abc import Collection

from classes.models import Told


def say_off(lessons: Collection[int], *, notice: str = "", tell: bool = True) -> None:
    """Note what goes with the news that these lessons do not take place; nobody hears of it where not `tell`.

    Inside the transaction that cancels them. Who was never invited hears nothing in any case.
    """
    rows = Told.objects.filter(lesson__in=lessons)
    if not tell:
        rows.update(starts_at=None)
    elif notice.strip():
        rows.update(off_words=notice.strip()[:300])
