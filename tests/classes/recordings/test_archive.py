"""Our copies, made in parts from hosts of the list; and 300 addresses that lead to no connection."""

import hashlib
import socket
import sys
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from classes.models import LessonRecording, Recording
from classes.recordings import copy_job
from classes.recordings.services import BIN_RETENTION, empty_bin
from classes.recordings.url_guard import fetch_range, resolve_target
from console.guarded_client import AddressRefused
from console.jobs import runner
from console.jobs.models import Job
from tests.classes.factories import create_finished_lesson
from tests.classes.recordings.conftest import CONTENT, HOSTS
from tests.support.object_storage import ObjectStorage
from tests.support.page_client import client_for, page_text

CONNECTED: list[Any] = []
sys.addaudithook(lambda event, args: CONNECTED.append(args[1]) if event == "socket.connect" else None)


def hostile() -> list[tuple[str, list[str]]]:
    """Addresses, each with what its name leads to."""
    inside = [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "172.16.0.1",
        "172.31.9.9",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2002:a00:1::",
        "2001::1",
        "2001:db8::1",
        "fe80::1%eth0",
        "::127.0.0.1",
    ]
    found = [(f"https://media.example/{number}.mp4", [address]) for number, address in enumerate(inside)]
    found += [("https://a.vod2.myqcloud.com/a.mp4", ["8.8.8.8", address]) for address in inside]
    found += [("https://a.vod2.myqcloud.com/a.mp4", [address, "8.8.8.8"]) for address in inside]
    literal = [one for one in inside if "%" not in one]
    found += [(f"http://{f'[{one}]' if ':' in one else one}/a.mp4", [one]) for one in literal]
    found += [(f"https://{f'[{one}]' if ':' in one else one}:8443/a.mp4", [one]) for one in literal]
    good = ["8.8.8.8"]
    found += [
        (url, good)
        for url in (
            "",
            "media.example/a",
            "//media.example/a",
            "ftp://media.example/a",
            "file:///etc/passwd",
            "gopher://media.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://",
            "https:///a",
            "https://user@media.example/a",
            "https://user:pw@media.example/a",
            "https://media.example@evil.example/a",
            "https://evil.example#@media.example/",
            "https://evil.example/?media.example",
            "https://media.example.evil.example/a",
            "https://evilmedia.example/a",
            "https://media.example:444/a",
            "https://media.example:22/a",
            "https://media.example:99999/a",
            "https://media.example:/a:b",
            "https://vod2.myqcloud.com/a",
            "https://xvod2.myqcloud.com/a",
            "https://a.vod2.myqcloud.com.evil.example/a",
            "https://a.vod2.myqcloud.com:8443/a",
            "https://media.example\\@evil/a",
            "https://media.example\t/a",
            "https://media.example\n/a",
            " https://media.example/a",
            "https://media.example/ a",
            "https://ｍedia.example/a",
            "https://media。example/a",
            "https://media.example./a",
            "https://MEDIA.example:443/a",
            "https://[::1]/a",
            "https://[::ffff:7f00:1]/a",
            "https://2130706433/a",
            "https://0x7f000001/a",
            "https://0177.0.0.1/a",
            "https://127.1/a",
            "https://localhost/a",
            "https://LOCALHOST/a",
            "https://localhost.localdomain/a",
            "http://localhost:9000/a",
            "http://127.0.0.1:1/a",
            "http://127.0.0.1:22/a",
            "http://[::1]:80/a",
            "http://metadata.google.internal/a",
            "ws://media.example/a",
            "https://media.example%2f@evil.example/a",
            "https://%6dedia.example/a",
            "https://media.example\x00.evil.example/a",
            "https://a.vod2.myqcloud.com%00.evil.example/",
            "https://-.vod2.myqcloud.com/a",
            "https://.vod2.myqcloud.com/a",
        )
    ]
    found += [(f"https://host{number}.evil.example/a.mp4", good) for number in range(40)]
    found += [(f"http://10.0.{number}.{number}/a.mp4", [f"10.0.{number}.{number}"]) for number in range(30)]
    return found


def test_three_hundred_hostile_addresses_lead_to_no_connection(vendor: str) -> None:
    addresses = hostile()
    CONNECTED.clear()
    refused = 0
    for url, leads_to in addresses:

        def resolve(host: str, port: int, leads_to: list[str] = leads_to, **more: Any) -> list[Any]:
            family = socket.AF_INET
            return [(family, socket.SOCK_STREAM, 6, "", (one, port)) for one in leads_to]

        try:
            fetch_range(resolve_target(url, [*HOSTS, vendor], resolve), 0, 1, 5)
        except AddressRefused:
            refused += 1
    print(f"{len(addresses)} hostile addresses, {refused} refused, {len(CONNECTED)} connections")
    assert len(addresses) >= 300
    assert refused == len(addresses)
    assert CONNECTED == []


def test_a_name_that_leads_elsewhere_by_now_is_connected_where_it_was_looked_at(vendor: str) -> None:
    target = resolve_target(f"{vendor}/a.mp4", [vendor])
    moved = target._replace(host="media.example")
    CONNECTED.clear()
    assert fetch_range(moved, 10, 5, 5).content == CONTENT[10:15]
    assert [("127.0.0.1", target.port)] == CONNECTED


def track(lesson: Any, url: str) -> Recording:
    return Recording.objects.create(
        enterprise=lesson.enterprise,
        lesson=lesson,
        class_id=lesson.remote_id,
        video_id=url[-6:],
        video_type=0,
        url=url,
        bytes=len(CONTENT),
    )


@pytest.mark.django_db
def test_a_copy_is_made_in_parts_with_checksum_and_played_from_us(alice: Any, bob: Any, vendor: str) -> None:
    copy_job.PART_BYTES = 70_000
    lesson = create_finished_lesson(bob, record_types=["remote"])
    row = track(lesson, f"{vendor}/a.mp4")
    client = client_for(alice)
    assert "Save a copy" in page_text(client.get(f"/recordings/{lesson.pk}/"))
    assert client_for(bob).post(f"/recordings/{lesson.pk}/copy/").status_code == 403
    answer = client.post(f"/recordings/{lesson.pk}/copy/")
    job = Job.objects.get(kind=copy_job.COPY_JOB_KIND)
    assert answer.headers["Location"] == f"/jobs/{job.pk}/"
    runner.run_due_jobs()
    job.refresh_from_db()
    row.refresh_from_db()
    assert (job.state, job.reason) == ("done", "")
    assert row.copy_sha256 == hashlib.sha256(CONTENT).hexdigest()
    played = client.get(f"/recordings/tracks/{row.pk}/play/")
    assert b"".join(played.streaming_content) == CONTENT
    client.post(f"/recordings/{lesson.pk}/copy/")
    assert Job.objects.count() == 1


@pytest.mark.django_db
def test_a_copy_goes_into_the_bucket_where_there_is_one_and_out_of_it_with_the_bin(
    alice: Any, bob: Any, vendor: str, objects: ObjectStorage, django_capture_on_commit_callbacks: Any
) -> None:
    copy_job.PART_BYTES = 70_000
    lesson = create_finished_lesson(bob, record_types=["remote"])
    row = track(lesson, f"{vendor}/a.mp4")
    client = client_for(alice)
    client.post(f"/recordings/{lesson.pk}/copy/")
    runner.run_due_jobs()
    row.refresh_from_db()
    assert (row.copy_sha256, row.bytes) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))
    assert f"recordings/{row.copy.name}" in objects.names()
    answer = client.get(f"/recordings/tracks/{row.pk}/play/")
    assert requests.get(answer.headers["Location"], timeout=60).content == CONTENT
    client.post(f"/recordings/{lesson.pk}/bin/")
    LessonRecording.objects.update(binned_at=timezone.now() - BIN_RETENTION - timedelta(hours=1))
    with django_capture_on_commit_callbacks(execute=True):
        assert empty_bin() == 1
    assert f"recordings/{row.copy.name}" not in objects.names()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "words"),
    [("/gone.mp4", "no longer provides this file"), ("https://evil.example/a.mp4", "is not allowed")],
)
def test_a_copy_that_cannot_be_made_says_why(
    alice: Any, bob: Any, vendor: str, path: str, words: str
) -> None:
    lesson = create_finished_lesson(bob, record_types=["remote"])
    track(lesson, path if path.startswith("https") else f"{vendor}{path}")
    client_for(alice).post(f"/recordings/{lesson.pk}/copy/")
    runner.run_due_jobs()
    job = Job.objects.get(kind=copy_job.COPY_JOB_KIND)
    assert job.state == "failed"
    assert words in page_text(client_for(alice).get(f"/jobs/{job.pk}/"))


@pytest.mark.django_db
def test_addresses_are_tried_on_a_slow_cycle_and_nothing_is_followed_elsewhere(bob: Any, vendor: str) -> None:
    lesson = create_finished_lesson(bob, record_types=["remote"])
    gone, there = track(lesson, f"{vendor}/gone.mp4"), track(lesson, f"{vendor}/a.mp4")
    moved, foreign = track(lesson, f"{vendor}/moved.mp4"), track(lesson, "https://evil.example/e.mp4")
    CONNECTED.clear()
    assert copy_job.check_track_urls() == 4
    assert len(CONNECTED) == 3
    dead = {row.pk: bool(row.dead_since) for row in Recording.objects.all()}
    assert dead == {gone.pk: True, there.pk: False, moved.pk: False, foreign.pk: False}
    assert copy_job.check_track_urls() == 0
    assert "broken link" in page_text(client_for(bob).get(f"/recordings/{lesson.pk}/"))
