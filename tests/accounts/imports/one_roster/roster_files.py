"""OneRoster zips as systems of schools export them, made up of records."""

import csv
import io
import zipfile
from typing import Any

from accounts.imports.one_roster.columns import FILES, MANIFEST, V12

Records = dict[str, list[dict[str, str]]]

USERS: list[dict[str, str]] = [
    {
        "sourcedId": "u-teacher",
        "username": "tina",
        "givenName": "Tina",
        "familyName": "Teach",
        "role": "teacher",
        "email": "tina@example.com",
    },
    {
        "sourcedId": "u-li",
        "username": "li.lei",
        "givenName": "雷",
        "familyName": "李",
        "role": "student",
        "agentSourcedIds": "u-mother",
    },
    {
        "sourcedId": "u-han",
        "username": "han.meimei.with.a.very.long.name@school.example",
        "givenName": "Meimei",
        "familyName": "Han",
        "role": "student",
    },
    {
        "sourcedId": "u-mother",
        "username": "mother",
        "givenName": "Mei",
        "familyName": "Li",
        "role": "parent",
        "phone": "13900000000",
    },
]


def school(version: str = V12) -> Records:
    """The records of a small school."""
    users = [{"enabledUser": "true", "orgSourcedIds": "o-1", **user} for user in USERS]
    records: Records = {
        "orgs.csv": [{"sourcedId": "o-1", "name": "Wonderland", "type": "school"}],
        "academicSessions.csv": [
            {
                "sourcedId": "s-1",
                "title": "Autumn 2026",
                "type": "semester",
                "startDate": "2026-09-01",
                "endDate": "2027-01-20",
                "schoolYear": "2027",
            },
            {
                "sourcedId": "s-year",
                "title": "2026/27",
                "type": "schoolYear",
                "startDate": "2026-09-01",
                "endDate": "2027-07-10",
            },
        ],
        "courses.csv": [{"sourcedId": "c-math", "title": "Mathematics"}],
        "classes.csv": [
            {
                "sourcedId": "k-home",
                "title": "Class 7A",
                "classType": "homeroom",
                "courseSourcedId": "c-math",
                "schoolSourcedId": "o-1",
                "termSourcedIds": "s-1",
            },
            {
                "sourcedId": "k-math",
                "title": "Maths 7",
                "classCode": "M7",
                "classType": "scheduled",
                "courseSourcedId": "c-math",
                "schoolSourcedId": "o-1",
                "termSourcedIds": "s-1",
            },
        ],
        "users.csv": users,
        "enrollments.csv": [
            {"sourcedId": "e-1", "classSourcedId": "k-home", "userSourcedId": "u-li", "role": "student"},
            {"sourcedId": "e-2", "classSourcedId": "k-math", "userSourcedId": "u-li", "role": "student"},
            {"sourcedId": "e-3", "classSourcedId": "k-home", "userSourcedId": "u-han", "role": "student"},
            {
                "sourcedId": "e-4",
                "classSourcedId": "k-home",
                "userSourcedId": "u-teacher",
                "role": "teacher",
                "primary": "true",
            },
        ],
        "demographics.csv": [
            {"sourcedId": "u-li", "birthDate": "2013-05-06", "sex": "male"},
            {"sourcedId": "u-mother", "birthDate": "", "sex": "female"},
        ],
    }
    if version == V12:
        records["roles.csv"] = [
            {
                "sourcedId": f"r-{user['sourcedId']}",
                "userSourcedId": user["sourcedId"],
                "roleType": "primary",
                "role": user.pop("role"),
                "orgSourcedId": "o-1",
            }
            for user in users
        ]
    return records


def manifest(records: Records, version: str = V12, mode: str = "bulk", **modes: str) -> list[dict[str, str]]:
    values = {"manifest.version": "1.0", "oneroster.version": version}
    for name in FILES:
        if name != MANIFEST:
            stem = name.removesuffix(".csv")
            values[f"file.{stem}"] = modes.get(stem, mode if name in records else "absent")
    return [{"propertyName": name, "value": value} for name, value in values.items()]


def csv_text(name: str, rows: list[dict[str, str]]) -> str:
    extra = [column for row in rows for column in row if column not in FILES[name].all]
    columns = list(dict.fromkeys([*FILES[name].all, "dateLastModified", *extra]))
    if name == "users.csv" and not any("role" in row for row in rows):
        columns.remove("role")
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def zip_of(records: Records, version: str = V12, mode: str = "bulk", **modes: str) -> io.BytesIO:
    """A zip of the records, with its manifest."""
    return raw_zip(
        {
            MANIFEST: csv_text(MANIFEST, manifest(records, version, mode, **modes)),
            **{name: csv_text(name, rows) for name, rows in records.items()},
        }
    )


def raw_zip(files: dict[str, Any]) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    content.seek(0)
    content.name = "roster.zip"
    return content


def record(records: Records, name: str, sourced_id: str) -> dict[str, str]:
    """The record of this sourcedId."""
    return next(one for one in records[name] if one["sourcedId"] == sourced_id)
