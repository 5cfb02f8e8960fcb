"""What somebody typed into the form of a course: Croquet with Bob, twice a week for three weeks."""

from typing import Any

COURSE_FORM: dict[str, Any] = {
    "topic": "Croquet",
    "teacher": "bob",
    "day": "2027-03-02",
    "start": "19:00",
    "end": "20:30",
    "weekdays": ["TU", "TH"],
    "until": "2027-03-18",
    "class_type": "1vN",
    "record_types": ["local"],
    "bitrate": "850",
}
