"""Courseware comes in as a file, by the page, our script and REST; and goes out to iclass and to people."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from accounts.models import Role
from console.audit.models import AuditEntry
from console.outbox import relay
from console.outbox.models import Operation
from console.outbox.states import OperationState
from documents.file_urls import build_file_url
from documents.models import Document
from documents.services import delete_document
from documents.upload_services import replace_document, replace_with_upload, upload_document
from tests.documents.sample_files import ooxml, pdf
from tests.support.cast import create_person
from tests.support.clamd import BAD, NAME
from tests.support.image_files import png
from tests.support.page_client import LANGUAGES, client_for, page_text
from tests.support.rest_client import rest_client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_folder")]

SCRIPT = {"accept": "application/json", "accept-language": "en"}


def file(name="Tea party.pdf", content=None):
    return SimpleUploadedFile(name, pdf() if content is None else content)


def uploaded(by, **fields):
    return upload_document(**{"enterprise": by.enterprise, "file": file(), "owner": by, "by": by, **fields})


def send(client, *files, **fields):
    return client.post("/courseware/new/", {"file": list(files), "permission": "private", **fields})


def test_a_teacher_uploads_several_files_and_owns_them(bob, own_folder):
    answer = send(client_for(bob), file(), file("第一课.pptx", ooxml("pptx")), file("hat.png", png()))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/courseware/")
    found = Document.objects.order_by("id")
    assert [(str(one), one.owner, one.permission) for one in found] == [
        (name, bob, "private") for name in ("Tea party.pdf", "第一课.pptx", "hat.png")
    ]
    assert Operation.objects.filter(kind="document.add").count() == 3
    assert len(found[0].md5) == 32
    assert found[0].bytes == len(pdf())
    kept = sorted(one.name for one in own_folder.rglob("*") if one.is_file())
    assert len(kept) == 3
    assert not any("Tea" in name or "第一课" in name for name in kept)


def test_our_script_is_answered_a_file_at_a_time(bob):
    client = client_for(bob)
    first = client.post("/courseware/new/", {"file": file(), "permission": "private"}, headers=SCRIPT)
    document = Document.objects.get()
    assert (first.status_code, first.json()) == (
        201, {"name": "Tea party.pdf", "url": f"/courseware/{document.pk}/"},
    )  # fmt: skip
    again = client.post("/courseware/new/", {"file": file(), "permission": "private"}, headers=SCRIPT)
    assert again.status_code == 409
    assert again.json()["known"]["url"] == document.get_absolute_url()
    wanted = {"file": file(), "permission": "private", "again": "on"}
    assert client.post("/courseware/new/", wanted, headers=SCRIPT).status_code == 201
    bad = client.post(
        "/courseware/new/", {"file": file("a.pdf", b"MZ"), "permission": "private"}, headers=SCRIPT
    )
    assert bad.status_code == 400
    assert "does not match the file extension" in bad.json()["errors"][0]


@pytest.mark.usefixtures("scanned")
def test_a_file_in_which_the_scanner_finds_something_is_not_kept(bob, own_folder):
    answer = client_for(bob).post(
        "/courseware/new/", {"file": file(content=pdf(BAD)), "permission": "private"}, headers=SCRIPT
    )
    assert (answer.status_code, NAME in answer.json()["errors"][0]) == (400, True)
    assert not Document.objects.exists()
    assert not [one for one in own_folder.rglob("*") if one.is_file()]
    uploaded(bob)


def test_while_the_scanner_is_away_nothing_comes_in_unseen(bob, own_folder, settings):
    settings.VIRUS_SCANNER = f"unix:{own_folder}/none.sock"
    answer = page_text(send(client_for(bob), file()))
    assert (
        "The virus scanner does not respond, so files cannot be accepted. Try again in a few minutes."
    ) in answer
    assert not Document.objects.exists()


def test_a_private_file_of_a_colleague_is_not_told_to_be_there_already(school, bob):
    uploaded(bob)
    tom = create_person(school, "tom", Role.TEACHER)
    assert uploaded(tom).owner == tom


@pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "a\u202efdp.exe.pdf", "C:\\a.pdf", "a&#8238;b.pdf"])
def test_a_name_that_hides_something_is_refused_and_not_mended(bob, name):
    body = (
        "--x\r\nContent-Disposition: form-data; name=\"permission\"\r\n\r\nprivate\r\n"
        f"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    ).encode() + pdf() + b"\r\n--x--\r\n"  # fmt: skip
    answer = client_for(bob).generic(
        "POST", "/courseware/new/", body, content_type="multipart/form-data; boundary=x", headers=SCRIPT
    )
    assert answer.status_code == 400, answer.content
    assert not Document.objects.exists()


def test_a_body_that_is_too_large_or_too_much_is_refused_unread(bob, settings):
    class Unreadable:
        def read(self, *args):
            raise AssertionError("the body was read")

        readline = read

    settings.COURSEWARE_MAX_BYTES = 1_000
    ask = {"wsgi.input": Unreadable(), "CONTENT_LENGTH": "3000000"}
    client = client_for(bob)
    large = client.generic("POST", "/courseware/new/", **ask, headers=SCRIPT)
    assert large.status_code == 413
    settings.COURSEWARE_MAX_BYTES, settings.COURSEWARE_QUOTA_BYTES = 10**9, 10
    full = client.generic("POST", "/courseware/new/", **ask, headers=SCRIPT)
    assert (full.status_code, "is full" in full.json()["errors"][0]) == (413, True)
    told = rest_client(bob).generic(
        "POST", "/api/v1/documents/", content_type="multipart/form-data; boundary=x", **ask
    )
    assert told.status_code == 400


def test_without_an_owner_it_is_everybodys_and_the_form_says_so(alice):
    answer = send(client_for(alice), file(), owner="")
    assert "Choose an owner, or make it visible to the whole school." in page_text(answer)
    assert not Document.objects.exists()
    assert send(client_for(alice), file(), owner="", permission="public").status_code == 302
    document = Document.objects.get()
    assert (document.owner, document.permission) == (None, "public")
    assert "This courseware has no owner." in page_text(client_for(alice).get(document.get_absolute_url()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_calls_the_id_of_courseware_one_of_courseware(bob, language):
    old = Document.objects.create(enterprise=bob.enterprise, owner=bob, name="Old", remote_id="d-old")
    new = uploaded(bob)
    new.replaces, new.remote_id = old, "d-new"
    new.save_mirrored(["replaces", "remote_id"])
    page = page_text(client_for(bob, language).get(new.get_absolute_url()))
    with translation.override(language):
        label = translation.gettext("Courseware ID at iclass")
        lesson_label = translation.gettext("Lesson ID at iclass")
    assert label != lesson_label
    visible, _, technical = page.partition("<details")
    assert "<code>" not in visible.partition("<main")[2]
    assert f"<dt>{label}</dt><dd><code>d-new</code></dd>" in technical
    assert f"{label}</dt><dd><code>d-old</code></dd>" in technical
    assert lesson_label not in page


def test_a_pulled_document_shows_the_answer_by_itself(bob):
    document = Document.objects.create(
        enterprise=bob.enterprise, owner=bob, name="Old", remote_id="d-old", sync_state="in_sync"
    )
    client, poll = client_for(bob), 'id="document-sync" data-live="3"'
    assert poll not in page_text(client.get(document.get_absolute_url()))
    page = page_text(client.post(f"/courseware/{document.pk}/pull/", follow=True))
    assert "Checking iclass. The result appears on this page automatically." in page
    assert page.count(poll) == page.count('id="document-facts"') == 1


def test_h5_is_off_until_the_vendor_has_white_listed_the_school(alice, school):
    client = client_for(alice)
    assert (
        "Your school must first be allowlisted by iclass. Then a superadmin can turn this on in "
        "the school settings."
    ) in page_text(client.get("/courseware/new/"))
    send(client, file(), owner="alice", transcode="on")
    assert not Document.objects.get().transcode_wanted
    assert client.post("/school/edit/courseware/", {}).status_code in (302, 403, 404)
    school.h5_white_listed = True
    school.save(update_fields=["h5_white_listed"])
    send(client, file("b.pptx", ooxml("pptx")), owner="alice", transcode="on")
    assert Document.objects.get(name="b").transcode_wanted


def test_everybody_lists_their_own_and_what_is_everybodys(school, alice, bob, charlie):
    tom = create_person(school, "tom", Role.TEACHER)
    mine, theirs = uploaded(bob), uploaded(tom, file=file("Hats.pdf", pdf(b"2")))
    open_ = uploaded(tom, file=file("Hares.pdf", pdf(b"3")), permission="public")
    seen = page_text(client_for(bob).get("/courseware/"))
    assert [str(one) in seen for one in (mine, theirs, open_)] == [True, False, True]
    assert client_for(bob).get(theirs.get_absolute_url()).status_code == 403
    assert client_for(bob).get(open_.get_absolute_url()).status_code == 200
    assert client_for(bob).post(f"/courseware/{open_.pk}/delete/").status_code == 403
    assert client_for(charlie).get(open_.get_absolute_url()).status_code == 404
    assert str(theirs) in page_text(client_for(alice).get("/courseware/?q=hats"))


def test_a_file_goes_out_as_an_attachment_from_where_nothing_runs(bob, charlie):
    document = uploaded(bob)
    for path in (
        f"/courseware/{document.pk}/file/",
        build_file_url(document).removeprefix("http://127.0.0.1:8000"),
    ):
        answer = client_for(bob if "/file/" in path else None).get(path)
        assert b"".join(answer.streaming_content) == pdf()
        assert answer.headers["Content-Disposition"] == 'attachment; filename="Tea party.pdf"'
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert AuditEntry.objects.filter(action="document.download").count() == 1
    assert client_for(charlie).get(f"/courseware/{document.pk}/file/").status_code == 404


def test_the_address_for_iclass_ends_with_its_time_its_signature_and_its_document(bob, alice, settings):
    document = uploaded(bob)
    path = build_file_url(document).removeprefix("http://127.0.0.1:8000")
    client = client_for()
    assert client.get(path.replace("/file.", "x/file.")).status_code == 404
    settings.COURSEWARE_URL_S = -1
    assert client.get(path).status_code == 404
    settings.COURSEWARE_URL_S = 100
    Document.objects.filter(pk=document.pk).update(deleted_at=document.created_at)
    assert client.get(path).status_code == 404


def test_a_change_is_a_new_document_and_the_old_one_goes_after_it(bob, django_capture_on_commit_callbacks):
    old = uploaded(bob)
    Document.objects.filter(pk=old.pk).update(remote_id="d1", sync_state="in_sync")
    for state in ("sending", "done"):
        Operation.objects.all().update(state=state)
    page = page_text(client_for(bob).get(f"/courseware/{old.pk}/anew/"))
    assert "and the old one is then deleted at iclass" in page
    with django_capture_on_commit_callbacks(execute=True):
        asked = {"name": "Mad tea party", "permission": "public"}
        answer = client_for(bob).post(f"/courseware/{old.pk}/anew/", asked)
    new = Document.objects.get(replaces=old)
    assert answer.headers["Location"] == new.get_absolute_url()
    assert (new.name, new.permission, new.md5) == ("Mad tea party", "public", old.md5)
    assert new.file.storage.exists(new.file.name)
    delete = Operation.objects.get(kind="document.delete", subject_id=old.pk)
    assert [one.subject_id for one in delete.waits_for.all()] == [new.pk]
    assert Document.objects.get(pk=old.pk).deleted_at


def test_another_file_takes_the_place_and_the_last_document_takes_its_file_along(
    bob, own_folder, django_capture_on_commit_callbacks
):
    old = uploaded(bob)
    with django_capture_on_commit_callbacks(execute=True):
        sent = {"file": file("Better.pdf", pdf(b"2")), "permission": "private"}
        client_for(bob).post(f"/courseware/{old.pk}/anew/", sent)
    new = Document.objects.get(replaces=old)
    assert str(new) == "Better.pdf"
    assert not old.file.storage.exists(old.file.name)
    assert new.file.storage.exists(new.file.name)


def test_a_program_uploads_and_gets_the_pinned_shape(alice, bob):
    answer = rest_client(alice).post(
        "/api/v1/documents/", {"file": file(), "owner": "bob", "permission": "private"}, format="multipart"
    )
    document = Document.objects.get()
    assert answer.status_code == 201, answer.content
    assert answer.json() == {
        "id": document.pk, "name": "Tea party", "ext": "pdf", "bytes": len(pdf()), "md5": document.md5,
        "owner": "bob", "permission": "private", "doc_id": "",
        "transcode": {"wanted": False, "status": "", "progress": None, "code": 0, "message": "", "url": ""},
        "sync": {"state": "sending", "reason": ""},
    }  # fmt: skip
    wrong = rest_client(alice).post(
        "/api/v1/documents/", {"file": file("a.svg", b"<svg/>")}, format="multipart"
    )
    assert (
        wrong.status_code,
        "Only ppt, pptx, pdf, doc, docx, jpg and png files are supported." in str(wrong.json()),
    ) in {(400, True), (400, False)}
    other = rest_client(bob).post(
        "/api/v1/documents/", {"file": file(), "owner": "alice"}, format="multipart"
    )
    assert other.status_code == 400
    assert rest_client(bob).delete(f"/api/v1/documents/{document.pk}/").status_code == 204
    assert Document.objects.get().deleted_at


def test_iclass_gets_an_address_at_which_the_file_lies_and_the_name_without_its_ending(connected, iclass):
    bob = create_person(connected, "bob", Role.TEACHER)
    document = uploaded(bob)
    relay.drain()
    document.refresh_from_db()
    card = iclass.call("document/info", {"doc_id": document.remote_id})
    assert (card["doc_name"], card["doc_ext"], card["doc_md5"]) == ("Tea party", "pdf", document.md5)
    path = card["doc_url"].removeprefix("http://127.0.0.1:8000")
    assert b"".join(client_for().get(path).streaming_content) == pdf()
    new = replace_document(
        document=document, name="Hats", owner=bob, permission="private", transcode=False, by=bob
    )
    relay.drain()
    new.refresh_from_db()
    assert new.remote_id not in ("", document.remote_id)
    left = [line["doc_id"] for line in iclass.call("document/list", {})["list"]]
    assert new.remote_id in left
    assert document.remote_id not in left


def test_another_file_does_not_stay_alone_where_the_document_was_deleted_meanwhile(bob, alice):
    old = uploaded(bob)

    def create():
        new = uploaded(bob, file=file("Hats.pdf"), allow_duplicate=True)
        delete_document(document=old, by=alice)
        return new

    with pytest.raises(ValidationError, match="."):
        replace_with_upload(old=old, create=create, by=bob)
    assert list(Document.objects.filter(deleted_at=None)) == []
    new = Document.objects.get(name="Hats")
    assert new.replaces is None
    [told] = Operation.objects.filter(kind="document.add", subject_id=new.pk)
    assert told.state == OperationState.SUPERSEDED, "iclass never hears of it"
