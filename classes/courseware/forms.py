"""Form mixin that copies the courseware of another lesson or series."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.courseware.attachments import (
    AttachedDocument,
    AttachmentOwner,
    copy_attachments,
    list_attached_documents,
)


class CoursewareForm(forms.Form):
    """The box is ticked by default and shown only if the template lesson has courseware."""

    with_courseware = forms.BooleanField(
        label=_("Attach the same courseware in the same order"), required=False, initial=True
    )
    decks: list[AttachedDocument]
    copied: list[AttachedDocument]

    def offer_courseware(self, like: AttachmentOwner | None) -> None:
        self.like, self.copied = like, []
        self.decks = list_attached_documents(like) if like else []
        if not self.decks:
            del self.fields["with_courseware"]

    def copy_courseware(self, to: AttachmentOwner, by: User) -> None:
        """Copy the courseware if the box is ticked; `copied` is the resulting list."""
        if self.like is not None and self.cleaned_data.get("with_courseware"):
            self.copied = copy_attachments(like=self.like, owner=to, by=by)

    @property
    def hidden_documents(self) -> list[AttachedDocument]:
        """The copied documents that the new teacher cannot open."""
        return [attached for attached in self.copied if attached.hidden_from]
