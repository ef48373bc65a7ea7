"""Every version has its bytes in a row of their own now. Apart, since PostgreSQL alters no table with changes that wait."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_bytes_stored_once")]

    operations = [
        migrations.AlterField(
            "version",
            "blob",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="exchange.blob"
            ),
        ),
        migrations.RemoveField("version", "path"),
    ]
