"""Pictures of people (附录4: jpg or png, below 100 KB, 400 × 400), uploaded or given as a URL.

An upload is checked, encoded anew without metadata and stored. It is served at an unguessable URL, where the
API fetches it. External pictures are never fetched; only the form of their URL is checked. For a person
without a picture the API chooses one at random.
"""

import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Avatar, User
from accounts.people.uploaded_images import UploadedImage, check_image, check_stored_size
from console.inputs.addresses import is_web_address

MAX_BYTES = 100_000
SIDE_PIXELS = 400
EXTENSIONS = (".jpg", ".jpeg", ".png")
#: Origin of a URL in the only form that is added to a page's CSP.
ORIGIN_PATTERN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?", re.ASCII)


class DisplayedAvatar(NamedTuple):
    """URL of a person's picture for display; `source` is own, address, service or none."""

    url: str
    source: str

    @property
    def origin(self) -> str:
        """Return the origin for the CSP; empty for our own pictures and unusual URLs."""
        parts = urlsplit(self.url)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
        return origin if parts.netloc and ORIGIN_PATTERN.fullmatch(origin) else ""


def validate_avatar(content: bytes) -> UploadedImage:
    """Return a valid upload without metadata. Raise ValidationError if it breaks a rule."""
    check_avatar_size(len(content))
    picture = check_image(content, SIDE_PIXELS)
    if (picture.width, picture.height) != (SIDE_PIXELS, SIDE_PIXELS):
        raise ValidationError(
            _("The picture is %(width)d × %(height)d pixels. Crop it to 400 × 400.")
            % {"width": picture.width, "height": picture.height},
            "side",
        )
    check_stored_size(picture, MAX_BYTES)
    return picture


def check_avatar_size(size: int) -> None:
    """Raise ValidationError if a file is too large. Call it before the file is read."""
    if size >= MAX_BYTES:
        params = {"size": -(-size // 1000)}
        raise ValidationError(_("The file is %(size)d KB. Choose one smaller than 100 KB.") % params, "size")


def check_avatar_url(address: str) -> None:
    """Raise ValidationError unless a URL starts with https:// and ends in .jpg, .jpeg or .png."""
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or not parts.path.lower().endswith(EXTENSIONS):
        raise ValidationError(
            _("Enter an address that starts with https:// and ends in .jpg or .png."), "picture"
        )


def save_avatar(person: User, picture: UploadedImage) -> None:
    """Store a validated upload as a person's picture and set `person.avatar` without saving it."""
    Avatar.objects.filter(person=person).delete()
    school: Any = person.enterprise_id
    stored = Avatar.objects.create(
        enterprise_id=school, person=person, kind=picture.kind, content=picture.content
    )
    person.avatar = stored.url


def delete_unused_avatar(person: User) -> None:
    """Delete a person's upload if `person.avatar` no longer uses it."""
    for picture in Avatar.objects.filter(person=person).defer("content"):
        if picture.token not in person.avatar:
            picture.delete()


def get_displayed_avatar(person: User) -> DisplayedAvatar:
    """Return the picture of a person for display: the upload, a URL, or the API's choice.

    The API may hold any text: what is no address of a picture is not displayed.
    """
    upload = Avatar.objects.filter(person=person).defer("content").first() if person.avatar else None
    if upload and upload.token in person.avatar:
        return DisplayedAvatar(upload.path, "own")
    address = person.avatar or str(person.observed.get("avatar") or "")
    if not is_web_address(address):
        return DisplayedAvatar("", "none")
    return DisplayedAvatar(address, "address" if person.avatar else "service")
