"""The addresses of a lesson's door and of calls."""

from django.urls import path

from classes.room.calls import CallPage
from classes.room.door import DoorPage, EnterFor, ShowPass, TakeOut, VisitorPass
from classes.room.password import LessonPassword
from classes.room.phone import MemberPhone

urlpatterns = [
    path("lessons/<int:pk>/password/", LessonPassword.as_view(), name="lesson_password"),
    path("lessons/<int:pk>/call/", CallPage.as_view(), name="call"),
    path("lessons/members/<int:pk>/phone/", MemberPhone.as_view(), name="member_phone"),
    path("lessons/<int:pk>/door/", DoorPage.as_view(), name="door"),
    path("lessons/<int:pk>/enter-for/", EnterFor.as_view(), name="lesson_enter_for"),
    path("lessons/<int:pk>/take-out/", TakeOut.as_view(), name="lesson_take_out"),
    path("lessons/<int:pk>/visitor-pass/", VisitorPass.as_view(), name="lesson_visitor_pass"),
    path("entries/<int:pk>/pass/", ShowPass.as_view(), name="pass"),
]
