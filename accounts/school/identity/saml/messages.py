"""Why nobody was signed in, in sentences for the person at the sign-in page."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: By the reason of a refusal; the trail has the detail. Only these can be shown, whoever makes up an address.
REASONS: dict[str, Promise] = {
    "failed": _("Single sign-on failed. Try again. If it keeps failing, sign in with your password."),
    "denied": _("The identity provider did not sign you in. Try again, or sign in with your password."),
    "unasked": _(
        "This sign-in was started at the identity provider, which the console does not accept. Start it "
        "here, with the button of your school."
    ),
    "encrypted": _(
        "The identity provider encrypts its answer, which the console cannot read. Ask your school "
        "administrator to turn off the encryption of assertions for this console."
    ),
    "unsigned": _(
        "The identity provider does not sign its assertions. Ask your school administrator to turn on "
        "signatures of assertions; a signature of the response alone is not enough."
    ),
    "clock": _(
        "The answer of the identity provider is not valid at this time. Try again. If it keeps failing, the "
        "clocks of the provider and of the console differ."
    ),
    "audience": _(
        "The identity provider answered for another service. Ask your school administrator to compare the "
        "entity ID of the console there."
    ),
    "transient": _(
        "The identity provider gives you another name at each sign-in. Ask your school administrator to let "
        "it send a persistent NameID."
    ),
    "used": _("This sign-in has been used already. Start again."),
    "late": _("The sign-in took too long. Start again."),
    "limited": _(
        "Too many failed sign-ins with this identity provider from your network. Try again in a while, or "
        "sign in with your password."
    ),
    "browser": _("This sign-in was started in another browser, or is over. Start again here."),
}
