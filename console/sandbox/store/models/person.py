"""账号: a person of an enterprise, and the sessions of the class client."""

from django.db import models

from console.sandbox.store.models.enterprise import Enterprise


class Person(models.Model):
    """A user, or a visitor (role `visitor`) that the service created for one class."""

    enterprise = models.ForeignKey(Enterprise, models.CASCADE)
    user_id = models.TextField()
    role = models.CharField(max_length=16)
    nickname = models.TextField()
    gender = models.CharField(max_length=8, default="male")
    avatar = models.TextField(default="")
    phone_no = models.TextField(default="")
    e_mail = models.TextField(default="")
    password = models.TextField(default="")
    user_token = models.CharField(max_length=64, unique=True)
    regist_time = models.BigIntegerField()
    update_time = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "user_id"], name="one_person_a_user_id")]

    def __str__(self) -> str:
        return self.user_id


class Session(models.Model):
    """A session of a class client that logged in at /saas/v1/user/login."""

    token = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, models.CASCADE)
    expires_at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"session of {self.person}"
