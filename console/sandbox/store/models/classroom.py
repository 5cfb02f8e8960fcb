"""课堂: a class, who is expected, who is or was in it, what happened, and its recording."""

from django.db import models
from django.db.models import Q

from .enterprise import Enterprise
from .person import Person


class Classroom(models.Model):
    """One class. Times are seconds since 1970, 0 for "not yet"."""

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
    # NULL, not "": two classes that were not planted are no clash.
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
    """预约成员: a person expected in a class."""

    classroom = models.ForeignKey(Classroom, models.CASCADE)
    person = models.ForeignKey(Person, models.CASCADE)
    role = models.CharField(max_length=16)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["classroom", "person"], name="expected_once")]

    def __str__(self) -> str:
        return f"{self.person} in {self.classroom} as {self.role}"


class Stay(models.Model):
    """One stay of one person in the room; `quit_time` empty while they are in it."""

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
    # Whether the recording has a track of it.
    camera_used = models.BooleanField(default=False)
    screen_used = models.BooleanField(default=False)
    # Last sign of life of a class client; empty for people put in through /paas, who never beat.
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
    """What a class client reported (appendix 3.9)."""

    classroom = models.ForeignKey(Classroom, models.CASCADE)
    person = models.ForeignKey(Person, models.CASCADE)
    event = models.CharField(max_length=32)
    data = models.JSONField(null=True)
    at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.event} by {self.person}"


class Recording(models.Model):
    """云端录制 of one class, from its start to the callback that tells of the tracks."""

    classroom = models.OneToOneField(Classroom, models.CASCADE)
    start_time = models.BigIntegerField()
    stop_time = models.BigIntegerField(null=True)
    tracks = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"recording of {self.classroom}"
