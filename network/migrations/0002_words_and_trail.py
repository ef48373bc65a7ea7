"""What the databases do on their own: find words, and refuse to change the audit trail."""

from django.db import migrations

from network import triggers

FIND_SQLITE = [
    """
    CREATE VIRTUAL TABLE network_search_words USING fts5(
        title_words, words, content='network_searchentry', content_rowid='id',
        tokenize='unicode61 remove_diacritics 0'
    )
    """,
    """
    CREATE TRIGGER network_search_added AFTER INSERT ON network_searchentry BEGIN
        INSERT INTO network_search_words(rowid, title_words, words)
        VALUES (new.id, new.title_words, new.words);
    END
    """,
    """
    CREATE TRIGGER network_search_removed AFTER DELETE ON network_searchentry BEGIN
        INSERT INTO network_search_words(network_search_words, rowid, title_words, words)
        VALUES ('delete', old.id, old.title_words, old.words);
    END
    """,
    """
    CREATE TRIGGER network_search_changed AFTER UPDATE ON network_searchentry BEGIN
        INSERT INTO network_search_words(network_search_words, rowid, title_words, words)
        VALUES ('delete', old.id, old.title_words, old.words);
        INSERT INTO network_search_words(rowid, title_words, words)
        VALUES (new.id, new.title_words, new.words);
    END
    """,
]
FIND_POSTGRESQL = [
    "CREATE INDEX network_search_in_words ON network_searchentry "
    "USING gin (to_tsvector('simple', words))",
    "CREATE INDEX network_search_in_titles ON network_searchentry "
    "USING gin (to_tsvector('simple', title_words))",
]


def forwards(apps, schema_editor):
    statements = FIND_POSTGRESQL if schema_editor.connection.vendor == "postgresql" else FIND_SQLITE
    for statement in statements:
        schema_editor.execute(statement)
    triggers.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
