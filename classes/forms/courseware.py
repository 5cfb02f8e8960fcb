"""The courseware that comes along where a lesson or a series is planned like another one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from classes.courseware.attaching import Deck, Owner, attach_alike, decks_of


class CoursewareForm(forms.Form):
    """The tick is on, and is there only where the model has any courseware."""

    with_courseware = forms.BooleanField(
        label=_("With its courseware, in the same order"), required=False, initial=True
    )
    decks: list[Deck]
    copied: list[Deck]

    def offer_courseware(self, like: Owner | None) -> None:
        self.like, self.copied = like, []
        self.decks = decks_of(like) if like else []
        if not self.decks:
            del self.fields["with_courseware"]

    def copy_courseware(self, to: Owner, by: User) -> None:
        """Attach it where that was asked for; `copied` then tells how it stands there."""
        if self.like is not None and self.cleaned_data.get("with_courseware"):
            self.copied = attach_alike(like=self.like, owner=to, by=by)

    @property
    def unseen(self) -> list[Deck]:
        """Of what was copied, that which the new teacher cannot open."""
        return [deck for deck in self.copied if deck.hidden_from]
