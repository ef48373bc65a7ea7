from django.db import migrations, models
from django.db.models import Count, Max, Sum
from django.db.models.functions import Length

# As exchange.looking had it when these files were read.
MOST_WORDS = 5_000_000  # bytes
LONGEST_LETTER = 4  # bytes


def mark_what_was_cut(apps, schema_editor):
    """Of files that were looked into before: fewer pages read than there are, or as many bytes of words as are read."""
    Blob = apps.get_model("exchange", "Blob")
    PageText = apps.get_model("exchange", "PageText")
    read = PageText.objects.order_by().values("blob", "blob__pages")
    for one in read.annotate(n=Count("pk"), last=Max("number"), letters=Sum(Length("text"))):
        cut = one["blob__pages"] is not None and one["n"] < one["blob__pages"]
        if not cut and one["letters"] * LONGEST_LETTER >= MOST_WORDS:
            texts = PageText.objects.filter(blob=one["blob"]).values_list("text", flat=True)
            # What could not be read of it was left out of the words, so they are a little shorter.
            cut = sum(len(text.encode(errors="replace")) for text in texts.iterator()) >= MOST_WORDS * 0.98
        if cut:
            Blob.objects.filter(pk=one["blob"]).update(read_to=one["last"])


class Migration(migrations.Migration):

    dependencies = [
        ('exchange', '0014_folders_of_what_is_on_its_way'),
    ]

    operations = [
        migrations.AddField(
            model_name='blob',
            name='read_to',
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
        migrations.RunPython(mark_what_was_cut, migrations.RunPython.noop),
    ]
