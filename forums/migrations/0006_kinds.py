"""Kinds of discussions with their answers, closing with a reason, pinning, and what can be undone."""

import django.db.models.deletion
import network.clock
import uuid
from django.conf import settings
from django.db import migrations, models


def carry_over(apps, _schema):
    """What was an announcement stays one; what is locked was locked by a moderator."""
    threads = apps.get_model("forums", "Thread").objects
    threads.filter(announcement=True).update(purpose="announcement")
    threads.filter(locked_at__isnull=False).update(lock_cause="locked")


def take_back(apps, _schema):
    """Announcements as a yes or no."""
    apps.get_model("forums", "Thread").objects.filter(purpose="announcement").update(announcement=True)


class Migration(migrations.Migration):

    dependencies = [
        ("forums", "0005_appeals"),
        ('network', '0009_following'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Change',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('pinned', 'pinned'), ('unpinned', 'taken off the top of the list'), ('closed', 'closed'), ('reopened', 'opened again'), ('moved', 'moved to another room'), ('split', 'split in two'), ('merged', 'joined to another')], max_length=10)),
                ('by_moderator', models.BooleanField(default=True)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('before', models.JSONField(default=dict)),
                ('posts', models.PositiveIntegerField(default=0)),
                ('at', models.DateTimeField(default=network.clock.now)),
                ('undone_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'change to a discussion',
                'verbose_name_plural': 'changes to discussions',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.AddField(
            model_name='thread',
            name='answer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forums.post'),
        ),
        migrations.AddField(
            model_name='thread',
            name='answered',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='thread',
            name='changed_at',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='thread',
            name='lock_cause',
            field=models.CharField(blank=True, choices=[('answered', 'answered'), ('settled', 'settled'), ('elsewhere', 'continued elsewhere'), ('locked', 'locked')], max_length=12),
        ),
        migrations.AddField(
            model_name='thread',
            name='lock_link',
            field=models.CharField(blank=True, max_length=500),
        ),
        migrations.AddField(
            model_name='thread',
            name='marked_from',
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='thread',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='forums.thread'),
        ),
        migrations.AddField(
            model_name='thread',
            name='pinned_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='thread',
            name='purpose',
            field=models.CharField(choices=[('discussion', 'discussion'), ('question', 'question'), ('announcement', 'announcement')], default='discussion', max_length=12),
        ),
        migrations.AddField(
            model_name='thread',
            name='replies_welcome',
            field=models.BooleanField(default=True),
        ),
        migrations.RunPython(carry_over, take_back),
        migrations.RemoveField(
            model_name='thread',
            name='announcement',
        ),
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(fields=['purpose', 'answered'], name='forums_thre_purpose_7ca49f_idx'),
        ),
        migrations.AddField(
            model_name='change',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='change',
            name='other',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='forums.thread'),
        ),
        migrations.AddField(
            model_name='change',
            name='room',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.room'),
        ),
        migrations.AddField(
            model_name='change',
            name='thread',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='forums.thread'),
        ),
        migrations.AddField(
            model_name='change',
            name='to_room',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.room'),
        ),
        migrations.AddField(
            model_name='change',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='change',
            index=models.Index(fields=['room', '-at'], name='forums_chan_room_id_28ab97_idx'),
        ),
    ]
