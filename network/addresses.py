"""Addresses of named pages, remembered: a list names the same people and things again and again."""

from __future__ import annotations

from functools import lru_cache

from django.urls import reverse


@lru_cache(maxsize=8192)
def way_to(name: str, *args: object) -> str:
    """The address of a named page, as `reverse` makes it."""
    return reverse(name, args=args)
