"""What cannot be read is refused with a sentence, and nothing of it is imported."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError

from accounts.imports.one_roster import archive_parser
from accounts.imports.one_roster.archive import read_archive
from accounts.imports.one_roster.import_type import ROSTER_IMPORT
from accounts.models import PeopleImport
from console.child_process.refusal import FileRejected
from tests.accounts.imports.one_roster.roster_files import csv_text, manifest, raw_zip, school, zip_of

pytestmark = pytest.mark.django_db


def refusal(alice, file):
    with pytest.raises(ValidationError) as refused:
        ROSTER_IMPORT.create_import(file=file, filename="roster.zip", by=alice)
    assert not PeopleImport.objects.exists()
    return " ".join(refused.value.messages)


def files(**changes):
    records = school()
    found = {"manifest.csv": csv_text("manifest.csv", manifest(records))}
    found |= {name: csv_text(name, rows) for name, rows in records.items()}
    return {name: text for name, text in {**found, **changes}.items() if text is not None}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not a zip file"),
        (b"sourcedId,name\n1,2\n", "not a zip file"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (zip_of(school()).getvalue()[:700], "damaged"),
    ],
)
def test_what_is_no_zip_is_refused(alice, content, said):
    assert said in refusal(alice, io.BytesIO(content))


def test_a_zip_of_something_else_is_refused(alice):
    assert "no manifest.csv" in refusal(alice, raw_zip({"people.csv": "id\nx\n"}))


def test_a_version_that_is_not_known_is_refused(alice):
    text = csv_text("manifest.csv", manifest(school(), version="2.0"))
    assert "“2.0”" in refusal(alice, raw_zip(files(**{"manifest.csv": text})))


def test_a_file_that_the_manifest_announces_is_missing(alice):
    assert "announces enrollments.csv" in refusal(alice, raw_zip(files(**{"enrollments.csv": None})))


def test_a_file_that_the_manifest_calls_absent_is_not_read(alice):
    data = read_archive(zip_of(school(), demographics="absent"))
    assert not data.has("demographics.csv")


def test_a_mode_that_is_not_known_is_refused(alice):
    assert "“half”" in refusal(alice, zip_of(school(), users="half"))


def test_a_missing_heading_is_named(alice):
    text = files()["classes.csv"].replace("title", "titel", 1)
    assert "classes.csv has no column “title”" in refusal(alice, raw_zip(files(**{"classes.csv": text})))


def test_version_1_1_needs_a_role_of_users(alice):
    records = school("1.2")
    del records["roles.csv"]
    assert "users.csv has no column “role”" in refusal(alice, zip_of(records, version="1.1"))


def test_several_schools_are_refused(alice):
    records = school()
    records["orgs.csv"].append({"sourcedId": "o-2", "name": "Looking-Glass", "type": "school"})
    assert "2 schools" in refusal(alice, zip_of(records))


def test_an_encoding_that_is_none_is_refused(alice):
    broken = files()["users.csv"].encode("utf-16-le")[1:] + b"\xff\xff\x81"
    assert "encoding" in refusal(alice, raw_zip(files(**{"users.csv": broken})))


def test_an_empty_file_has_no_headings(alice):
    assert "users.csv has no column" in refusal(alice, raw_zip(files(**{"users.csv": ""})))


def test_a_file_in_the_zip_twice_is_refused(alice):
    file = zip_of(school())
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("more/users.csv", files()["users.csv"])
    file.seek(0)
    assert "twice" in refusal(alice, file)


def test_files_may_lie_in_a_folder_and_have_other_capitals(alice):
    found = {f"export/{name.upper()}": text for name, text in files().items()}
    assert read_archive(raw_zip(found)).has("users.csv")


def test_a_bomb_is_refused_before_it_fills_the_disk(alice):
    bomb = files(**{"users.csv": b"sourcedId\n" + b"x" * 70_000_000})
    assert "unpacks to more" in refusal(alice, raw_zip(bomb))


def test_a_bomb_that_lies_about_its_size_is_refused():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", b"x" * 70_000_000)
    content = bytearray(file.getvalue())
    size = (70_000_000).to_bytes(4, "little")
    assert content.count(size) == 2
    content = bytes(content).replace(size, (100).to_bytes(4, "little"))
    with pytest.raises(FileRejected):
        list(archive_parser.parse(io.BytesIO(content)))


def test_more_entries_than_any_export_has_are_refused(alice):
    many = files(**{f"more/{number}.txt": "x" for number in range(archive_parser.MAX_ENTRIES)})
    assert "unpacks to more" in refusal(alice, raw_zip(many))


def test_race_and_ethnicity_are_never_read():
    records = school()
    records["demographics.csv"][0]["asian"] = "true"
    data = read_archive(zip_of(records))
    assert set(data.records("demographics.csv")[0].values) == {"sourcedId", "status", "birthDate", "sex"}
