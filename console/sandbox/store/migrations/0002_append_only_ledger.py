"""The ledger takes new lines only; class ids begin where the document's example has them."""

from django.db import migrations

ONLY_APPEND = [
    """CREATE TRIGGER ledger_keeps_{verb} BEFORE {verb} ON store_entry
       BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END""".replace("{verb}", verb)
    for verb in ("UPDATE", "DELETE")
]
FIRST_CLASS_ID = [
    "DELETE FROM sqlite_sequence WHERE name = 'store_classroom'",
    "INSERT INTO sqlite_sequence (name, seq) VALUES ('store_classroom', 100012344)",
]


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [migrations.RunSQL([*ONLY_APPEND, *FIRST_CLASS_ID], migrations.RunSQL.noop)]
