"""What no password may be, beyond what Django asks of one."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# The password of the demo network, which everybody knows.
DEMO = "liaise-demo"


class NotTheDemosValidator:
    """In production the demo's password opens nothing."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError for it, whatever its capitals and spaces around it."""
        if settings.PRODUCTION and password.strip().casefold() == DEMO:
            raise ValidationError(
                _("This is the password of the demonstration, which everybody knows."), code="password_of_the_demo"
            )

    def get_help_text(self) -> str:
        return _("It may not be the password of the demonstration.")
