import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0017_imports_that_plan_somebody_twice"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func(
                        django.db.models.functions.text.Upper("nickname"),
                        models.Value("(.)"),
                        models.Value("\\1\\1\\1"),
                        models.Value("g"),
                        function="REGEXP_REPLACE",
                        output_field=models.TextField(),
                    ),
                    "gin_trgm_ops",
                ),
                name="user_nickname_tripled",
            ),
        ),
        migrations.AddIndex(
            model_name="user",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    models.Func(
                        django.db.models.functions.text.Upper("user_id"),
                        models.Value("(.)"),
                        models.Value("\\1\\1\\1"),
                        models.Value("g"),
                        function="REGEXP_REPLACE",
                        output_field=models.TextField(),
                    ),
                    "gin_trgm_ops",
                ),
                name="user_id_tripled",
            ),
        ),
    ]
