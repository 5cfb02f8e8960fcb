"""The pages of attendance; they hang among those of lessons."""

from django.urls import path

from classes.views.attendance import AttendancePage, AttendanceSheet, RegisterFile
from classes.views.register import AttendanceRow, MarkCorrect, RegisterClose, RegisterReopen

urlpatterns = [
    path("lessons/<int:pk>/attendance/", AttendancePage.as_view(), name="attendance"),
    path("lessons/<int:pk>/attendance.xlsx", AttendanceSheet.as_view(suffix=".xlsx"), name="attendance_xlsx"),
    path("lessons/<int:pk>/attendance.csv", AttendanceSheet.as_view(suffix=".csv"), name="attendance_csv"),
    path("lessons/<int:pk>/attendance.json", RegisterFile.as_view(), name="register_json"),
    path("lessons/<int:pk>/attendance/close/", RegisterClose.as_view(), name="register_close"),
    path("lessons/<int:pk>/attendance/reopen/", RegisterReopen.as_view(), name="register_reopen"),
    path("attendance/<int:pk>/", AttendanceRow.as_view(), name="attendance_row"),
    path("attendance/<int:pk>/correct/", MarkCorrect.as_view(), name="mark_correct"),
]
