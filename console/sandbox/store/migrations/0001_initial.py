import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Enterprise",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sdkappid", models.BigIntegerField(unique=True)),
                ("tic_key", models.CharField(max_length=128)),
                ("private_key", models.TextField()),
                ("busi_type", models.CharField(default="saas", max_length=32)),
                ("name", models.TextField(default="")),
                ("contact_user", models.TextField(default="")),
                ("phone_no", models.TextField(default="")),
                ("e_mail", models.TextField(default="")),
                ("create_time", models.BigIntegerField()),
                ("valid_time", models.BigIntegerField(default=31536000)),
                ("super_admin", models.TextField(default="superadmin")),
                ("icon", models.TextField(default="")),
                ("bizid", models.BigIntegerField(default=0)),
                ("call_back_url", models.TextField(default="")),
                ("project_id", models.BigIntegerField(default=0)),
                ("appid", models.BigIntegerField(default=0)),
                ("secret_id", models.TextField(default="")),
                ("secret_key", models.TextField(default="")),
                ("room_url", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.FloatField()),
                ("kind", models.CharField(max_length=8)),
                ("endpoint", models.TextField()),
                ("sdkappid", models.BigIntegerField(null=True)),
                ("object", models.TextField(default="")),
                ("summary", models.JSONField(null=True)),
                ("body", models.JSONField(null=True)),
                ("error_code", models.IntegerField(null=True)),
                ("fault", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="Setting",
            fields=[
                ("name", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("value", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("doc_id", models.CharField(max_length=32, unique=True)),
                ("doc_url", models.TextField()),
                ("doc_name", models.TextField(default="")),
                ("doc_ext", models.TextField(default="")),
                ("doc_size", models.BigIntegerField(default=0)),
                ("doc_md5", models.TextField(default="")),
                ("permission", models.CharField(max_length=8)),
                ("owner", models.TextField(default="")),
                ("upload_time", models.BigIntegerField()),
                ("is_transcode", models.BooleanField(default=False)),
                ("transcode_status", models.CharField(default="", max_length=16)),
                ("transcode_code", models.BigIntegerField(default=0)),
                ("transcode_msg", models.TextField(default="")),
                ("transcode_result", models.TextField(default="")),
                ("deleted", models.BooleanField(default=False)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.enterprise"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Classroom",
            fields=[
                ("class_id", models.BigAutoField(primary_key=True, serialize=False)),
                ("topic", models.TextField()),
                ("class_type", models.CharField(max_length=8)),
                ("status", models.CharField(default="will", max_length=4)),
                ("teacher_id", models.TextField()),
                ("assistant_id", models.TextField(default="")),
                ("create_time", models.BigIntegerField()),
                ("start_time", models.BigIntegerField()),
                ("stop_time", models.BigIntegerField()),
                ("real_start_time", models.BigIntegerField(default=0)),
                ("real_stop_time", models.BigIntegerField(default=0)),
                ("settings", models.JSONField(default=dict)),
                ("password", models.TextField(default="")),
                ("max_member_limit", models.BigIntegerField(null=True)),
                ("max_member_num", models.BigIntegerField(default=0)),
                ("enable_all_silence", models.BigIntegerField(default=0)),
                ("admin_id", models.TextField(default="")),
                ("admin_sig", models.TextField(default="")),
                ("record_user_id", models.TextField(default="")),
                ("record_user_sig", models.TextField(default="")),
                ("deleted", models.BooleanField(default=False)),
                ("plant_key", models.TextField(null=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.enterprise"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Callback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.CharField(max_length=32)),
                ("data", models.JSONField()),
                ("state", models.CharField(default="waiting", max_length=12)),
                ("created_at", models.FloatField()),
                ("due_at", models.FloatField()),
                ("attempts", models.IntegerField(default=0)),
                ("last_status", models.IntegerField(null=True)),
                ("last_answer", models.TextField(default="")),
                ("signed_until", models.BigIntegerField(null=True)),
                ("fault", models.JSONField(null=True)),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.enterprise"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.TextField()),
                ("role", models.CharField(max_length=16)),
                ("nickname", models.TextField()),
                ("gender", models.CharField(default="male", max_length=8)),
                ("avatar", models.TextField(default="")),
                ("phone_no", models.TextField(default="")),
                ("e_mail", models.TextField(default="")),
                ("password", models.TextField(default="")),
                ("user_token", models.CharField(max_length=64, unique=True)),
                ("regist_time", models.BigIntegerField()),
                ("update_time", models.BigIntegerField()),
                (
                    "enterprise",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.enterprise"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=16)),
                (
                    "classroom",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.classroom"),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.person")),
            ],
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("event", models.CharField(max_length=32)),
                ("data", models.JSONField(null=True)),
                ("at", models.BigIntegerField()),
                (
                    "classroom",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.classroom"),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.person")),
            ],
        ),
        migrations.CreateModel(
            name="Recording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("start_time", models.BigIntegerField()),
                ("stop_time", models.BigIntegerField(null=True)),
                ("tracks", models.JSONField(default=list)),
                (
                    "classroom",
                    models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, to="store.classroom"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("token", models.CharField(max_length=64, unique=True)),
                ("expires_at", models.BigIntegerField()),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.person")),
            ],
        ),
        migrations.CreateModel(
            name="Stay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=16)),
                ("enter_time", models.BigIntegerField()),
                ("quit_time", models.BigIntegerField(null=True)),
                ("camera", models.BigIntegerField(default=0)),
                ("mic", models.BigIntegerField(default=0)),
                ("speaker", models.BigIntegerField(default=0)),
                ("silence", models.BigIntegerField(default=0)),
                ("hand_up", models.BigIntegerField(default=0)),
                ("screen", models.BigIntegerField(default=0)),
                ("camera_used", models.BooleanField(default=False)),
                ("screen_used", models.BooleanField(default=False)),
                ("beat_at", models.BigIntegerField(null=True)),
                (
                    "classroom",
                    models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.classroom"),
                ),
                ("person", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="store.person")),
            ],
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=16)),
                ("ref", models.BigIntegerField()),
                ("name", models.CharField(max_length=16)),
                ("due_at", models.FloatField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["due_at"], name="step_by_due")],
            },
        ),
        migrations.AddIndex(
            model_name="classroom",
            index=models.Index(fields=["enterprise", "create_time"], name="class_by_creation"),
        ),
        migrations.AddIndex(
            model_name="classroom",
            index=models.Index(fields=["status", "stop_time"], name="class_by_status"),
        ),
        migrations.AddConstraint(
            model_name="classroom",
            constraint=models.UniqueConstraint(fields=("enterprise", "plant_key"), name="planted_once"),
        ),
        migrations.AddIndex(
            model_name="callback",
            index=models.Index(fields=["state", "due_at"], name="callback_by_due"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(fields=("enterprise", "user_id"), name="one_person_a_user_id"),
        ),
        migrations.AddConstraint(
            model_name="member",
            constraint=models.UniqueConstraint(fields=("classroom", "person"), name="expected_once"),
        ),
        migrations.AddIndex(
            model_name="stay",
            index=models.Index(fields=["classroom", "enter_time", "id"], name="stay_by_entry"),
        ),
        migrations.AddConstraint(
            model_name="stay",
            constraint=models.UniqueConstraint(
                condition=models.Q(("quit_time", None)),
                fields=("classroom", "person"),
                name="in_the_room_once",
            ),
        ),
    ]
