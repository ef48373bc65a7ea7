"""The land that maps are drawn on."""

from django import template

from network import borders

register = template.Library()


@register.simple_tag
def outlines() -> tuple[borders.Outline, ...]:
    """The countries of Europe, as paths."""
    return borders.outlines()
