"""School logos: upload, validation by content, removal. They are never sent to the API."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Enterprise, SchoolLogo, User
from accounts.people.uploaded_images import UploadedImage, check_image, check_stored_size
from console.audit.trail import record
from console.concurrency import lock_row, service

MAX_BYTES = 200_000
#: Minimum and maximum side in pixels.
SIDE_RANGE = (32, 1024)


def validate_logo(content: bytes) -> UploadedImage:
    """Return a valid upload without metadata. Raise ValidationError if it breaks a rule."""
    check_logo_size(len(content))
    picture = check_image(content, SIDE_RANGE[1])
    sides = (picture.width, picture.height)
    if min(sides) < SIDE_RANGE[0] or max(sides) > SIDE_RANGE[1]:
        params = {
            "width": picture.width,
            "height": picture.height,
            "least": SIDE_RANGE[0],
            "most": SIDE_RANGE[1],
        }
        raise ValidationError(
            _("The picture is %(width)d × %(height)d pixels. Each side must be %(least)d to %(most)d pixels.")
            % params,
            "side",
        )
    check_stored_size(picture, MAX_BYTES)
    return picture


def check_logo_size(size: int) -> None:
    """Raise ValidationError if a file is too large. Call it before the file is read."""
    if size > MAX_BYTES:
        params = {"size": -(-size // 1000), "most": MAX_BYTES // 1000}
        raise ValidationError(
            _("The file is %(size)d KB. Choose one of at most %(most)d KB.") % params, "size"
        )


@service
def set_logo(*, school: Enterprise, picture: UploadedImage, by: User | None) -> SchoolLogo:
    """Set the logo (see `validate_logo`), which gets a new URL."""
    stored = lock_row(school)
    SchoolLogo.objects.filter(enterprise=stored).delete()
    logo = SchoolLogo.objects.create(enterprise=stored, kind=picture.kind, content=picture.content)
    stored.logo = logo.name
    stored.save(update_fields=["logo"])
    size = f"{picture.width}×{picture.height}"
    record("school.logo", stored, by=by, after={"kind": picture.kind, "size": size})
    return logo


@service
def delete_logo(*, school: Enterprise, by: User | None) -> None:
    """Delete the logo, so that the console's logo is shown."""
    stored = lock_row(school)
    count, _rows = SchoolLogo.objects.filter(enterprise=stored).delete()
    stored.logo = ""
    stored.save(update_fields=["logo"])
    if count:
        record("school.logo", stored, by=by, after={"kind": ""})
