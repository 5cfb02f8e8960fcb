"""Pages of the channels of a school, for its administrators."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView
from django.views.generic.base import View

from accounts.models import Enterprise, Role, User
from accounts.school.channels.forms import AddressesForm, AppForm, BotForm, WordingForm
from accounts.school.channels.services import (
    add_bot,
    edit_bot,
    remove_channel,
    save_addresses,
    save_app,
    save_wording,
    send_message_again,
)
from accounts.school.channels.testing import check_app, check_bot
from console.notifications.channels.answers import state_text
from console.notifications.channels.mail_server import mail_is_set_up
from console.notifications.channels.models import APP_PROVIDERS, Delivery
from console.notifications.models import (
    Message,
    MessagingAddress,
    MessagingApp,
    MessagingBot,
    MessagingSettings,
)
from console.notifications.preferences import school_apps
from console.notifications.topics import all_topics, topic_of
from console.notifications.types import notification_type_of
from console.policy import current_school
from console.policy.edit_views import BackView, EditView, RemoveView
from console.policy.views import SchoolView, paginate_by_key

RESOURCE = "channel"


class ChannelPage(BackView):
    """Base of the pages; all lead back to the list."""

    resource = RESOURCE

    @cached_property
    def school(self) -> Enterprise:
        return Enterprise.objects.get(pk=current_school(self.request).pk)

    def back_url(self) -> str:
        return reverse("accounts:channels")


class ChannelList(ChannelPage, TemplateView):
    """Apps, bots, wording, and what was not delivered."""

    action = "list"
    template_name = "accounts/school/channels/channels.html"

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        apps = {app.provider: app for app in MessagingApp.objects.filter(enterprise=self.school)}
        bots = MessagingBot.objects.filter(enterprise=self.school).order_by("name", "id")
        stopped = Message.objects.filter(
            enterprise=self.school, delivery__in=(Delivery.REFUSED, Delivery.UNKNOWN)
        )
        keyset = paginate_by_key(stopped.select_related("app", "bot"), self.request)
        return super().get_context_data(
            title=_("Message channels"),
            apps=[(provider, apps.get(provider)) for provider in APP_PROVIDERS],
            bots=[(bot, topic_labels(bot.topics)) for bot in bots],
            settings=MessagingSettings.objects.filter(enterprise=self.school).first(),
            stopped=[(message, topic_label(message.kind), state_text(message)) for message in keyset.rows],
            keyset=keyset,
            mail=mail_is_set_up(),
            **more,
        )


def topic_labels(names: list[str]) -> list[str]:
    """Return topics and types as the form offers them."""
    topics = {topic.name: str(topic.label) for topic in all_topics()}
    return [topics[name] if name in topics else _type_label(name) for name in names]


def topic_label(kind: str) -> str:
    """Return what a message is about. Its text may name people."""
    found = notification_type_of(kind)
    return str(topic_of(found.topic).label) if found else kind


def _type_label(name: str) -> str:
    found = notification_type_of(name)
    return str(found.label) if found and found.label else name


class AppEdit(ChannelPage, EditView):
    """Enter the credentials of an app, or change them."""

    action = "change"
    form_class = AppForm
    saved_message = gettext_lazy("Saved. Test it now.")

    @cached_property
    def app(self) -> MessagingApp:
        provider = self.kwargs["provider"]
        if provider not in [one.value for one in APP_PROVIDERS]:
            raise Http404
        found = MessagingApp.objects.filter(enterprise=self.school, provider=provider).first()
        return found or MessagingApp(enterprise=self.school, provider=provider)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.app}

    def save(self, form: AppForm, by: Any) -> None:
        save_app(school=self.school, provider=self.app.provider, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        title = _("App of %(name)s") % {"name": self.app.get_provider_display()}
        return super().get_context_data(title=title, **more)


class BotBase(ChannelPage):
    """Base of the pages of one bot; a new one has no number."""

    @cached_property
    def bot(self) -> MessagingBot:
        number = self.kwargs.get("pk")
        if number:
            return self.get_row(MessagingBot.objects.select_related("enterprise"), pk=number)
        language = getattr(self.request, "LANGUAGE_CODE", "")
        return MessagingBot(enterprise=self.school, language=language)


class BotFormView(BotBase, EditView):
    """Base of the forms of a bot."""

    form_class = BotForm
    saved_message = gettext_lazy("Saved. Test it now.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.bot}


class BotAdd(BotFormView):
    action = "add"

    def save(self, form: BotForm, by: Any) -> None:
        add_bot(school=self.school, by=by, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("New group bot"), **more)


class BotEdit(BotFormView):
    action = "change"

    def save(self, form: BotForm, by: Any) -> None:
        edit_bot(bot=self.bot, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Edit the bot “%(bot)s”") % {"bot": self.bot.name}, **more)


class ChannelRemove(ChannelPage, RemoveView):
    """Base of the removal of an app or a bot."""

    saved_message = gettext_lazy("The channel has been deleted.")

    @property
    def channel(self) -> MessagingApp | MessagingBot:
        raise NotImplementedError

    def remove(self, by: Any) -> None:
        remove_channel(channel=self.channel, by=by)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("Delete “%(channel)s”?") % {"channel": self.channel},
            detail=_("Its secrets are deleted. What waits for it is not sent."),
            submit_label=_("Delete"),
            tone="danger",
            **more,
        )


class BotRemove(ChannelRemove, BotBase):
    @property
    def channel(self) -> MessagingBot:
        return self.bot


class AppPage(ChannelPage):
    """Base of the pages of a stored app."""

    @cached_property
    def app(self) -> MessagingApp:
        rows = MessagingApp.objects.select_related("enterprise")
        return self.get_row(rows, provider=self.kwargs["provider"])


class AppRemove(ChannelRemove, AppPage):
    @property
    def channel(self) -> MessagingApp:
        return self.app


class ChannelAction(View):
    """An action of the list. Accepts only POST."""

    http_method_names = ["post", "options"]
    request: Any

    def redirect_with_result(self, succeeded: bool, text: str) -> HttpResponse:
        (messages.success if succeeded else messages.error)(self.request, text)
        return redirect("accounts:channels")


class BotTest(BotBase, ChannelAction):
    action = "test"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        by: Any = self.request.user
        return self.redirect_with_result(*check_bot(self.bot, by=by))


class AppTest(AppPage, ChannelAction):
    action = "test"

    def post(self, request: HttpRequest, provider: str) -> HttpResponse:
        by: Any = self.request.user
        return self.redirect_with_result(*check_app(self.app, by=by))


class MessageAgain(ChannelPage, ChannelAction):
    """Send a message of the school that did not leave."""

    action = "change"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        by: Any = self.request.user
        message = self.get_row(Message.objects.all(), pk=pk)
        if send_message_again(message=message, by=by):
            return self.redirect_with_result(True, _("It is sent again within seconds."))
        return self.redirect_with_result(False, _("It is being sent already."))


class WordingEdit(ChannelPage, EditView):
    """Quiet hours and wording of the school."""

    action = "change"
    form_class = WordingForm
    saved_message = gettext_lazy("Saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        found = MessagingSettings.objects.filter(enterprise=self.school).first()
        return super().get_form_kwargs() | {"instance": found or MessagingSettings(enterprise=self.school)}

    def save(self, form: WordingForm, by: Any) -> None:
        save_wording(school=self.school, by=by, seen=form.seen, **form.cleaned_data)

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(title=_("Quiet hours and wording"), **more)


class PersonAddresses(SchoolView, FormView):
    """Under which ID a person is known at the providers of the school."""

    resource, action = "person", "change"
    form_class = AddressesForm
    template_name = "accounts/school/channels/person_addresses.html"

    @cached_property
    def person(self) -> User:
        return self.get_row(User.objects.exclude(role=Role.VISITOR), pk=self.kwargs["pk"])

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = MessagingAddress.objects.filter(person=self.person)
        offered = [app.provider for app in school_apps(self.person)]
        stored = {row.provider: row.address for row in rows}
        return super().get_form_kwargs() | {"stored": stored, "offered": offered}

    def get_context_data(self, **more: Any) -> dict[str, Any]:
        return super().get_context_data(
            title=_("%(person)s: IDs for messages") % {"person": self.person},
            cancel_url=self.person.get_absolute_url(),
            **more,
        )

    def form_valid(self, form: AddressesForm) -> HttpResponse:
        by: Any = self.request.user
        save_addresses(person=self.person, by=by, **form.addresses())
        self.success(_("Saved."))
        return redirect(self.person)
