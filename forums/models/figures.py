"""Numbers of what is not kept any more, so that the figures of past years stay as they were."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PastFigure(models.Model):
    """How many of one thing there were in one year, of the cases that are gone."""

    table = models.CharField(max_length=12)
    key = models.CharField(max_length=24)
    year = models.PositiveSmallIntegerField()
    number = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("past figure")
        verbose_name_plural = _("past figures")
        constraints = [models.UniqueConstraint(fields=["table", "key", "year"], name="one_past_figure_per_year")]

    def __str__(self) -> str:
        return f"{self.table} {self.key} {self.year}"
