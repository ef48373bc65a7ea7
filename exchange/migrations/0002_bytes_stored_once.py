"""The bytes of versions become rows of their own, so that identical ones are stored once."""

import django.db.models.deletion
from django.db import migrations, models

import network.clock


def gather(apps, schema_editor):
    """One row for each different content; of copies, the first stays the one that is read."""
    Version, Blob = apps.get_model("exchange", "Version"), apps.get_model("exchange", "Blob")
    known = {}
    for version in Version.objects.order_by("pk").iterator():
        if version.sha256 not in known:
            known[version.sha256] = Blob.objects.create(
                sha256=version.sha256, size=version.size, path=version.path, at=version.at
            ).pk
        Version.objects.filter(pk=version.pk).update(blob_id=known[version.sha256])


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Blob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("size", models.PositiveBigIntegerField()),
                ("path", models.CharField(max_length=120, unique=True)),
                ("at", models.DateTimeField(default=network.clock.now)),
            ],
            options={"verbose_name": "stored file", "verbose_name_plural": "stored files"},
        ),
        migrations.AddField(
            "document",
            "open_to_versions",
            models.BooleanField(default=False, verbose_name="others may add versions"),
        ),
        migrations.AddField("version", "restored_from", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField(
            "version",
            "blob",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="exchange.blob"
            ),
        ),
        migrations.RunPython(gather, migrations.RunPython.noop),
    ]
