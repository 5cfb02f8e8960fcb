import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whatever changes the members of a lesson, and however many at once: one statement, and nothing to do where
# nobody was told of the lesson yet.
FOLLOW = """
CREATE FUNCTION classes_seat_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO classes_seat AS s
        (lesson_id, person_id, believes, changes, pending, topic, starts_at, ends_at)
    SELECT c.lesson_id, c.user_id, TG_OP = 'DELETE', 1, TRUE, t.topic, t.starts_at, t.ends_at
    FROM changed c JOIN classes_told t ON t.lesson_id = c.lesson_id
    WHERE t.starts_at IS NOT NULL ORDER BY c.lesson_id, c.user_id
    ON CONFLICT (lesson_id, person_id) DO UPDATE SET changes = s.changes + 1, pending = TRUE,
        topic = excluded.topic, starts_at = excluded.starts_at, ends_at = excluded.ends_at;
    RETURN NULL;
END $$;
CREATE TRIGGER seat_of_new AFTER INSERT ON classes_member REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION classes_seat_follows();
CREATE TRIGGER seat_of_gone AFTER DELETE ON classes_member REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION classes_seat_follows();

CREATE FUNCTION classes_teachers_seat_follows() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO classes_seat AS s
        (lesson_id, person_id, believes, changes, pending, topic, starts_at, ends_at)
    SELECT NEW.id, who.id, who.believes, 1, TRUE, t.topic, t.starts_at, t.ends_at
    FROM classes_told t CROSS JOIN (VALUES (OLD.teacher_id, TRUE), (NEW.teacher_id, EXISTS (
        SELECT 1 FROM classes_member m WHERE m.lesson_id = NEW.id AND m.user_id = NEW.teacher_id
    ))) AS who (id, believes)
    WHERE t.lesson_id = NEW.id AND t.starts_at IS NOT NULL ORDER BY who.id
    ON CONFLICT (lesson_id, person_id) DO UPDATE SET changes = s.changes + 1, pending = TRUE,
        topic = excluded.topic, starts_at = excluded.starts_at, ends_at = excluded.ends_at;
    RETURN NULL;
END $$;
CREATE TRIGGER seat_of_teacher AFTER UPDATE OF teacher_id ON classes_lesson
    FOR EACH ROW WHEN (OLD.teacher_id IS DISTINCT FROM NEW.teacher_id)
    EXECUTE FUNCTION classes_teachers_seat_follows();
"""
FOLLOW_NO_MORE = """
DROP TRIGGER seat_of_new ON classes_member;
DROP TRIGGER seat_of_gone ON classes_member;
DROP TRIGGER seat_of_teacher ON classes_lesson;
DROP FUNCTION classes_seat_follows();
DROP FUNCTION classes_teachers_seat_follows();
"""
#: Nobody is told anew of what they know.
KNOWN_ALREADY = """
UPDATE classes_told t SET topic = l.topic, teacher_id = l.teacher_id,
    ends_at = CASE WHEN t.starts_at IS NULL THEN NULL ELSE l.ends_at + (t.starts_at - l.starts_at) END
FROM classes_lesson l WHERE l.id = t.lesson_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("classes", "0022_words_of_cancelling"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="told",
            name="ends_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="told",
            name="teacher",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="told",
            name="topic",
            field=models.CharField(blank=True, db_default="", default="", max_length=100),
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("believes", models.BooleanField()),
                ("changes", models.PositiveIntegerField()),
                ("pending", models.BooleanField()),
                ("topic", models.CharField(blank=True, max_length=100)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "lesson",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="seats",
                        to="classes.lesson",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "member list change",
                "verbose_name_plural": "member list changes",
                "indexes": [
                    models.Index(
                        condition=models.Q(("pending", True)), fields=["person"], name="seat_to_tell"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("lesson", "person"), name="seat_once_a_lesson")
                ],
            },
        ),
        migrations.RunSQL(FOLLOW, FOLLOW_NO_MORE),
        migrations.RunSQL(KNOWN_ALREADY, migrations.RunSQL.noop),
    ]
