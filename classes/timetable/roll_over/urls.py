"""Pages of end-of-year roll-overs."""

from django.urls import path

from classes.timetable.roll_over.preview_page import RollOverPage
from classes.timetable.roll_over.views import (
    RollOverApply,
    RollOverDiscard,
    RollOverList,
    RollOverTerms,
    RollOverUndo,
)

urlpatterns = [
    path("year/roll-over/", RollOverList.as_view(), name="roll_overs"),
    path("year/roll-over/new/", RollOverTerms.as_view(action="add"), name="roll_over_add"),
    path("year/roll-over/<id:pk>/", RollOverPage.as_view(), name="roll_over"),
    path("year/roll-over/<id:pk>/terms/", RollOverTerms.as_view(action="change"), name="roll_over_terms"),
    path("year/roll-over/<id:pk>/apply/", RollOverApply.as_view(), name="roll_over_apply"),
    path("year/roll-over/<id:pk>/undo/", RollOverUndo.as_view(), name="roll_over_undo"),
    path("year/roll-over/<id:pk>/discard/", RollOverDiscard.as_view(), name="roll_over_discard"),
]
