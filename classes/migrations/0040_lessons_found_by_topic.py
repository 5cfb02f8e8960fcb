import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_pinyin_of_names"),
        ("classes", "0039_lessons_and_courses_by_name"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="lesson",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func(
                        django.db.models.functions.text.Upper("topic"),
                        models.Value("(.)"),
                        models.Value("\\1\\1\\1"),
                        models.Value("g"),
                        function="REGEXP_REPLACE",
                        output_field=models.TextField(),
                    ),
                    "gin_trgm_ops",
                ),
                name="lesson_topic_tripled",
            ),
        ),
    ]
