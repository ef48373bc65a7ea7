"""The languages that things are written in, by their codes (ISO 639-1) and in words.

Those of the Union and of its neighbours whose people take part. The interface has fewer (settings.LANGUAGES).
"""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LANGUAGES: dict[str, Promise] = {
    "en": _("English"),
    "fr": _("French"),
    "de": _("German"),
    "es": _("Spanish"),
    "it": _("Italian"),
    "nl": _("Dutch"),
    "ar": _("Arabic"),
    "bg": _("Bulgarian"),
    "ca": _("Catalan"),
    "cs": _("Czech"),
    "da": _("Danish"),
    "el": _("Greek"),
    "et": _("Estonian"),
    "fi": _("Finnish"),
    "ga": _("Irish"),
    "hr": _("Croatian"),
    "hu": _("Hungarian"),
    "lt": _("Lithuanian"),
    "lv": _("Latvian"),
    "mt": _("Maltese"),
    "no": _("Norwegian"),
    "pl": _("Polish"),
    "pt": _("Portuguese"),
    "ro": _("Romanian"),
    "sk": _("Slovak"),
    "sl": _("Slovenian"),
    "sq": _("Albanian"),
    "sr": _("Serbian"),
    "sv": _("Swedish"),
    "tr": _("Turkish"),
    "uk": _("Ukrainian"),
}


# Those of the network itself, one of which each person has as theirs.
OWN = ("en", "fr", "de", "es", "it")


def spoken(code: str) -> str:
    """The language that pages and letters for somebody are in: theirs where the interface has it, else English."""
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def choices() -> list[tuple[str, Promise]]:
    """For a form: those that most of the network writes first, then by code."""
    return list(LANGUAGES.items())


def language_words(code: str) -> str:
    """The name of a language in the reader's own: "French". An unknown code stands for itself."""
    return str(LANGUAGES.get(code, code))
