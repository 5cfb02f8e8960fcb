"""The addresses of the reports: a page and two files each."""

from django.urls import path

from classes.reports.views import REPORTS, ReportFile, ReportPage, StudentFile, StudentPage

SUFFIXES = ("csv", "xlsx")
STUDENT = "people/<int:pk>/attendance"

urlpatterns = [
    *(path(f"reports/{name}/", ReportPage.as_view(name=name), name=f"report_{name}") for name in REPORTS),
    *(
        path(
            f"reports/{name}.{kind}",
            ReportFile.as_view(name=name, suffix=f".{kind}"),
            name=f"report_{name}_{kind}",
        )
        for name in REPORTS
        for kind in SUFFIXES
    ),
    path(f"{STUDENT}/", StudentPage.as_view(), name="report_student"),
    *(
        path(f"{STUDENT}.{kind}", StudentFile.as_view(suffix=f".{kind}"), name=f"report_student_{kind}")
        for kind in SUFFIXES
    ),
]
