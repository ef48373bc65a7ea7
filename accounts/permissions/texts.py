"""Who writes the texts that everybody accepts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from network.models.people import User
from network.permissions import NETWORK, Level, require


def check_publish_text(by: User) -> None:
    """A coordinator. Raises Forbidden."""
    require(by, Level.COORDINATE, NETWORK, because=_("Only coordinators write the charter and the privacy notice."))
