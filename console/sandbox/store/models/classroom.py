"""课堂: a class, its members, stays, events and recording."""

from django.db import models
from django.db.models import Q

from console.sandbox.store.models.enterprise import Enterprise
from console.sandbox.store.models.person import Person


class Classroom(models.Model):
    """A class. Times are seconds since 1970; 0 means "not yet"."""

    class_id = models.BigAutoField(primary_key=True)
    enterprise = models.ForeignKey(Enterprise, models.CASCADE)
    topic = models.TextField()
    class_type = models.CharField(max_length=8)
    status = models.CharField(max_length=4, default="will")
    teacher_id = models.TextField()
    assistant_id = models.TextField(default="")
    create_time = models.BigIntegerField()
    start_time = models.BigIntegerField()
    stop_time = models.BigIntegerField()
    real_start_time = models.BigIntegerField(default=0)
    real_stop_time = models.BigIntegerField(default=0)
    settings = models.JSONField(default=dict)
    password = models.TextField(default="")
    max_member_limit = models.BigIntegerField(null=True)
    max_member_num = models.BigIntegerField(default=0)
    enable_all_silence = models.BigIntegerField(default=0)
    admin_id = models.TextField(default="")
    admin_sig = models.TextField(default="")
    record_user_id = models.TextField(default="")
    record_user_sig = models.TextField(default="")
    deleted = models.BooleanField(default=False)
    # NULL, not "": classes that were not planted must not collide.
    plant_key = models.TextField(null=True)  # noqa: DJ001

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "plant_key"], name="planted_once")]
        indexes = [
            models.Index(fields=["enterprise", "create_time"], name="class_by_creation"),
            models.Index(fields=["status", "stop_time"], name="class_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.class_id} {self.topic}"


class Member(models.Model):
    """预约成员: a member of a class."""

    classroom = models.ForeignKey(Classroom, models.CASCADE)
    person = models.ForeignKey(Person, models.CASCADE)
    role = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["classroom", "person"], name="expected_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.classroom} as {self.role}"


class Stay(models.Model):
    """A stay of a person in the classroom; `quit_time` is empty while they are present."""

    classroom = models.ForeignKey(Classroom, models.CASCADE)
    person = models.ForeignKey(Person, models.CASCADE)
    role = models.CharField(max_length=16)
    enter_time = models.BigIntegerField()
    quit_time = models.BigIntegerField(null=True)
    camera = models.BigIntegerField(default=0)
    mic = models.BigIntegerField(default=0)
    speaker = models.BigIntegerField(default=0)
    silence = models.BigIntegerField(default=0)
    hand_up = models.BigIntegerField(default=0)
    screen = models.BigIntegerField(default=0)
    # Whether the person may draw on the whiteboard.
    draw = models.BigIntegerField(default=0)
    # Whether the recording has a track of this stay.
    camera_used = models.BooleanField(default=False)
    screen_used = models.BooleanField(default=False)
    # Last heartbeat of a class client; empty for people added through /paas, who send none.
    beat_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["classroom", "person"], condition=Q(quit_time=None), name="in_the_room_once"
            )
        ]
        indexes = [models.Index(fields=["classroom", "enter_time", "id"], name="stay_by_entry")]

    def __str__(self) -> str:
        return f"{self.person} in {self.classroom} from {self.enter_time} to {self.quit_time}"


class Event(models.Model):
    """An event reported by a class client: of appendix 3.9, or with any other name."""

    classroom = models.ForeignKey(Classroom, models.CASCADE)
    person = models.ForeignKey(Person, models.CASCADE)
    event = models.CharField(max_length=64)
    data = models.JSONField(null=True)
    at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.event} by {self.person}"


class Recording(models.Model):
    """云端录制 of a class, from its start to the callback with the tracks."""

    classroom = models.OneToOneField(Classroom, models.CASCADE)
    start_time = models.BigIntegerField()
    stop_time = models.BigIntegerField(null=True)
    tracks = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"recording of {self.classroom}"
