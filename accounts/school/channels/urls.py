"""URLs of the channels and of the mail server."""

from django.urls import path

from accounts.school.channels.views.channels import (
    AppEdit,
    AppRemove,
    AppTest,
    BotAdd,
    BotEdit,
    BotRemove,
    BotTest,
    ChannelList,
    MessageAgain,
    PersonAddresses,
    WordingEdit,
)
from accounts.school.channels.views.mail_server import (
    MailServerEdit,
    MailServerPage,
    MailServerRemove,
    MailServerTest,
)

urlpatterns = [
    path("channels/", ChannelList.as_view(), name="channels"),
    path("channels/wording/", WordingEdit.as_view(), name="channel_wording"),
    path("channels/apps/<slug:provider>/", AppEdit.as_view(), name="channel_app"),
    path("channels/apps/<slug:provider>/test/", AppTest.as_view(), name="channel_app_test"),
    path("channels/apps/<slug:provider>/delete/", AppRemove.as_view(), name="channel_app_remove"),
    path("channels/bots/new/", BotAdd.as_view(), name="bot_add"),
    path("channels/bots/<id:pk>/", BotEdit.as_view(), name="bot_edit"),
    path("channels/bots/<id:pk>/test/", BotTest.as_view(), name="bot_test"),
    path("channels/bots/<id:pk>/delete/", BotRemove.as_view(), name="bot_remove"),
    path("channels/messages/<id:pk>/again/", MessageAgain.as_view(), name="message_again"),
    path("people/<id:pk>/messages/", PersonAddresses.as_view(), name="person_addresses"),
    path("mail-server/", MailServerPage.as_view(), name="mail_server"),
    path("mail-server/edit/", MailServerEdit.as_view(), name="mail_server_edit"),
    path("mail-server/test/", MailServerTest.as_view(), name="mail_server_test"),
    path("mail-server/delete/", MailServerRemove.as_view(), name="mail_server_remove"),
]
