"""URLs of attendance grades, included in those of the reports."""

from django.urls import path

from classes.attendance.grades.views.current import GradeFile, GradePage, GradeRuleEdit
from classes.attendance.grades.views.revisions import GradeFix, RevisionFile, RevisionPage
from classes.attendance.grades.views.sending import GradeSend

SUFFIXES = ("csv", "xlsx")

urlpatterns = [
    path("reports/grades/", GradePage.as_view(), name="report_grades"),
    path("reports/grades/rule/", GradeRuleEdit.as_view(), name="grade_rule"),
    path("reports/grades/<id:pk>/fix/", GradeFix.as_view(), name="grades_fix"),
    path("reports/grades/revisions/<id:pk>/", RevisionPage.as_view(), name="grade_revision"),
    path("reports/grades/revisions/<id:pk>/send/", GradeSend.as_view(), name="grade_send"),
    *(
        path(f"reports/grades.{kind}", GradeFile.as_view(suffix=f".{kind}"), name=f"report_grades_{kind}")
        for kind in SUFFIXES
    ),
    *(
        path(
            f"reports/grades/revisions/<id:pk>.{kind}",
            RevisionFile.as_view(suffix=f".{kind}"),
            name=f"grade_revision_{kind}",
        )
        for kind in SUFFIXES
    ),
]
