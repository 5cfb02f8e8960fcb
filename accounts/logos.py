"""The logo of a school: uploaded, checked by its content, drawn on our pages, never sent to the service."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.avatars import whole
from accounts.models import Enterprise, Logo, User
from accounts.pixels import Examined
from console.audit.trail import record

MOST_BYTES = 200_000
#: The shortest and the longest side, in points.
SIDES = (32, 1024)


def checked(content: bytes) -> Examined:
    """An upload that keeps the rule. ValidationError says which part of it does not."""
    check_size(len(content))
    picture = whole(content)
    sides = (picture.width, picture.height)
    if min(sides) < SIDES[0] or max(sides) > SIDES[1]:
        told = {"width": picture.width, "height": picture.height, "least": SIDES[0], "most": SIDES[1]}
        raise ValidationError(
            _(
                "The picture has %(width)d × %(height)d points. "
                "Each side must have between %(least)d and %(most)d."
            )
            % told,
            "side",
        )
    return picture


def check_size(size: int) -> None:
    """ValidationError for a file that is too large, told before it is read."""
    if size > MOST_BYTES:
        told = {"size": -(-size // 1000), "most": MOST_BYTES // 1000}
        raise ValidationError(
            _("The file has %(size)d KB. Choose one of %(most)d KB or less.") % told, "size"
        )


@transaction.atomic
def set_logo(*, school: Enterprise, content: bytes, by: User | None) -> Logo:
    """Make an upload the logo, at a new address. ValidationError where it does not keep the rule."""
    picture = checked(content)
    Enterprise.objects.select_for_update().get(pk=school.pk)
    Logo.objects.filter(enterprise=school).delete()
    logo = Logo.objects.create(enterprise=school, kind=picture.kind, content=picture.content)
    school.logo = logo.name
    school.save(update_fields=["logo"])
    size = f"{picture.width}×{picture.height}"
    record("school.logo", school, by=by, after={"kind": picture.kind, "size": size})
    return logo


@transaction.atomic
def drop_logo(*, school: Enterprise, by: User | None) -> None:
    """Go back to the sign of the console."""
    had, _rows = Logo.objects.filter(enterprise=school).delete()
    school.logo = ""
    school.save(update_fields=["logo"])
    if had:
        record("school.logo", school, by=by, after={"kind": ""})
