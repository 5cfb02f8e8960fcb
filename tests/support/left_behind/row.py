"""The row that both tests want: its number is unique."""

from accounts.models import Enterprise


def insert_row() -> None:
    Enterprise.objects.create(name="Wonderland", sdkappid=1400000009)
