"""Pictures of people (附录4: jpg or png, below 100 KB, 400 × 400), uploaded here or named by an address.

An upload is checked by its content, kept without what it says of place and camera, and served at an address
that nobody can guess, for the service fetches it there. What lies elsewhere is not fetched by us: of an
address only the look is checked. Nobody's own picture is the service's: it chooses one at random.
"""

import re
from io import BytesIO
from typing import NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Picture, User
from accounts.pixels import BadPicture, Examined, examine
from console.scanner import check_clean

MOST_BYTES = 100_000
SIDE = 400
ENDINGS = (".jpg", ".jpeg", ".png")
#: Host and port of an address, in the only form that goes into a policy of a page.
ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.ASCII)


class Shown(NamedTuple):
    """What a page shows of somebody's picture; `source` says whence: own, address, service or none."""

    url: str
    source: str

    @property
    def origin(self) -> str:
        """Where a browser fetches it; empty for ours, and for what is no plain address."""
        parts = urlsplit(self.url)
        found = f"{parts.scheme}://{parts.netloc}".lower()
        return found if parts.netloc and ORIGIN.fullmatch(found) else ""


def whole(content: bytes) -> Examined:
    """The picture without what is no picture. ValidationError where it is no whole, clean jpg or png."""
    try:
        picture = examine(content)
    except BadPicture:
        said = _("This is no whole jpg or png. Save the picture anew as one.")
        raise ValidationError(said, "kind") from None
    check_clean(BytesIO(content))
    return picture


def checked(content: bytes) -> Examined:
    """An upload that keeps the rule. ValidationError says which part of it does not."""
    check_size(len(content))
    picture = whole(content)
    if (picture.width, picture.height) != (SIDE, SIDE):
        raise ValidationError(
            _("The picture has %(width)d × %(height)d points. Cut it to 400 × 400.")
            % {"width": picture.width, "height": picture.height},
            "side",
        )
    return picture


def check_size(size: int) -> None:
    """ValidationError for a file that is too large, told before it is read."""
    if size >= MOST_BYTES:
        told = {"size": -(-size // 1000)}
        raise ValidationError(_("The file has %(size)d KB. Choose one below 100 KB.") % told, "size")


def check_address(address: str) -> None:
    """ValidationError where an address does not begin with https:// or lead to a jpg or png."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or not parts.path.lower().endswith(ENDINGS):
        raise ValidationError(
            _("Use an address that begins with https:// and ends in .jpg or .png."), "picture"
        )


def keep(person: User, content: bytes) -> None:
    """Make an upload the picture of a stored person, at a new address; `person.avatar` is not saved yet."""
    picture = checked(content)
    Picture.objects.filter(person=person).delete()
    kept = Picture.objects.create(
        enterprise_id=person.enterprise_id, person=person, kind=picture.kind, content=picture.content
    )
    person.avatar = kept.url


def tidy(person: User) -> None:
    """Delete the upload of somebody whose picture is another by now."""
    for picture in Picture.objects.filter(person=person).defer("content"):
        if picture.token not in person.avatar:
            picture.delete()


def shown(person: User) -> Shown:
    """The picture of a person as a page may draw it: ours, an address, or what the service chose."""
    mine = Picture.objects.filter(person=person).defer("content").first() if person.avatar else None
    if mine and mine.token in person.avatar:
        return Shown(mine.path, "own")
    if person.avatar:
        return Shown(person.avatar, "address")
    chosen = str(person.observed.get("avatar") or "")
    return Shown(chosen, "service") if chosen else Shown("", "none")
