"""URLs of room actions and calls."""

from django.urls import path

from classes.lessons.views.password import LessonPassword
from classes.live.room.calls import CallPage
from classes.live.room.classroom_entry_views import EnterClassroom, OwnToken
from classes.live.room.entry_views import (
    AddToRoom,
    RemoveFromRoom,
    RoomEntryPage,
    VisitorPassCreate,
    VisitorPassReveal,
)
from classes.live.room.phone import MemberPhone

urlpatterns = [
    path("lessons/<id:pk>/password/", LessonPassword.as_view(), name="lesson_password"),
    path("lessons/<id:pk>/call/", CallPage.as_view(), name="call"),
    path("lessons/members/<id:pk>/phone/", MemberPhone.as_view(), name="member_phone"),
    path("lessons/<id:pk>/access/", RoomEntryPage.as_view(), name="room_access"),
    path("lessons/<id:pk>/enter/", EnterClassroom.as_view(), name="lesson_enter"),
    path("lessons/<id:pk>/token/", OwnToken.as_view(), name="lesson_token"),
    path("lessons/<id:pk>/enter-for/", AddToRoom.as_view(), name="lesson_enter_for"),
    path("lessons/<id:pk>/take-out/", RemoveFromRoom.as_view(), name="lesson_take_out"),
    path("lessons/<id:pk>/visitor-pass/", VisitorPassCreate.as_view(), name="lesson_visitor_pass"),
    path("entries/<id:pk>/pass/", VisitorPassReveal.as_view(), name="pass"),
]
