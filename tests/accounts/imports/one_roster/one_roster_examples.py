"""Records of a OneRoster REST service, in the form of the examples of the specification."""

import copy
from typing import Any

OLD, NEW = "2026-09-01T08:00:00.000Z", "2026-11-28T08:00:00.000Z"
Records = dict[str, list[dict[str, Any]]]


def reference(kind: str, sourced_id: str) -> dict[str, str]:
    return {"href": f"https://sis.example/{kind}s/{sourced_id}", "sourcedId": sourced_id, "type": kind}


def base(sourced_id: str) -> dict[str, Any]:
    return {"sourcedId": sourced_id, "status": "active", "dateLastModified": OLD}


def user(sourced_id: str, role: str, given: str, family: str, version: str, **more: Any) -> dict[str, Any]:
    found = {
        **base(sourced_id),
        "enabledUser": "true" if version == "1.1" else True,
        "username": f"{given}.{family}".lower(),
        "givenName": given,
        "familyName": family,
        "agents": [],
        **more,
    }
    if version == "1.1":
        return {**found, "role": role, "orgs": [reference("org", "o-1")]}
    roles = [{"roleType": "primary", "role": role, "org": reference("org", "o-1")}]
    return {**found, "roles": roles, "primaryOrg": reference("org", "o-1")}


def enrollment(sourced_id: str, person: str, role: str, **more: Any) -> dict[str, Any]:
    return {
        **base(sourced_id),
        "user": reference("user", person),
        "class": reference("class", "k-1"),
        "school": reference("org", "o-1"),
        "role": role,
        "primary": "false",
        **more,
    }


def example(version: str) -> Records:
    return copy.deepcopy(
        {
            "orgs": [{**base("o-1"), "name": "Wonderland", "type": "school"}],
            "academicSessions": [
                {
                    **base("t-1"),
                    "title": "Autumn 2026",
                    "type": "term",
                    "startDate": "2026-09-01",
                    "endDate": "2027-01-20",
                }
            ],
            "courses": [{**base("c-1"), "title": "Mathematics"}],
            "classes": [
                {
                    **base("k-1"),
                    "title": "Class 7A",
                    "classType": "homeroom",
                    "course": reference("course", "c-1"),
                    "school": reference("org", "o-1"),
                    "terms": [reference("academicSession", "t-1")],
                }
            ],
            "users": [
                user("u-1", "teacher", "Tina", "Teach", version),
                user("u-2", "student", "Lei", "Li", version, agents=[reference("user", "u-5")]),
                user("u-3", "student", "Meimei", "Han", version),
                user("u-4", "student", "Jim", "Green", version),
                user("u-5", "parent", "Mei", "Li", version, phone="13900000000"),
            ],
            "demographics": [{**base("u-2"), "birthDate": "2013-05-06", "sex": "male"}],
            "enrollments": [
                enrollment("e-1", "u-2", "student"),
                enrollment("e-2", "u-3", "student"),
                enrollment("e-3", "u-1", "teacher", primary="true"),
            ],
        }
    )
