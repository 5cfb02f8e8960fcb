"""Uploaded pictures of people and logos, checked in a child process with limited memory and time."""

from io import BytesIO
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from console.child_process.refusal import FileRejected
from console.child_process.runner import ProcessFailed, ProcessLimits, run
from console.images import MAX_PIXELS
from console.scanner import check_clean

#: Decoding and encoding the largest logo takes a tenth of these.
PROCESS_LIMITS = ProcessLimits(memory=400_000_000, cpu_s=10, wait_s=20)


class UploadedImage(NamedTuple):
    """A checked upload: kind (png or jpg), sides in pixels, and the content to store.

    The content is empty for an image with a side above the limit of `check_image`.
    """

    kind: str
    width: int
    height: int
    content: bytes


def check_image(content: bytes, largest_side: int) -> UploadedImage:
    """Return the upload encoded anew without metadata. Raise ValidationError if it is invalid or infected."""
    inspect = "accounts.people.image_inspection:inspect_image"
    try:
        (image,) = run(inspect, BytesIO(content), largest_side, limits=PROCESS_LIMITS, result=UploadedImage)
    except FileRejected as refusal:
        if refusal.code == "pixels":
            params = {"most": MAX_PIXELS // 1_000_000}
            message = _("The picture has more than %(most)d million pixels. Use a smaller one.") % params
            raise ValidationError(message, "pixels") from None
        raise _not_an_image() from None
    except ProcessFailed:
        raise _not_an_image() from None
    check_clean(BytesIO(content))
    return image


def check_stored_size(image: UploadedImage, limit: int) -> None:
    """Raise ValidationError if the content to store has `limit` bytes or more.

    An optimizer can pack a file much tighter than Pillow does.
    """
    if len(image.content) >= limit:
        params = {"size": -(-len(image.content) // 1000), "most": limit // 1000}
        message = _(
            "Without its metadata the picture is still %(size)d KB. Choose one well below %(most)d KB."
        )
        raise ValidationError(message % params, "size")


def _not_an_image() -> ValidationError:
    return ValidationError(
        _("This is not a complete jpg or png file. Save the picture again as jpg or png."), "kind"
    )
