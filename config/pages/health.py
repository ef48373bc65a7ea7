"""Whether the house stands: one question to each thing that it stands on."""

import logging
import secrets
from collections.abc import Callable

import redis
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)


def database() -> None:
    """Raise when the database does not answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


def channel_layer() -> None:
    """Raise when Redis is configured and does not answer within two seconds."""
    if settings.REDIS_URL:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()


def storage() -> None:
    """Raise when a file cannot be written, read and deleted."""
    name = default_storage.save(f"healthz-{secrets.token_hex(8)}", ContentFile(b"ok"))
    try:
        with default_storage.open(name) as file:
            if file.read() != b"ok":
                raise OSError("a file came back changed")
    finally:
        default_storage.delete(name)


CHECKS: dict[str, Callable[[], None]] = {
    "database": database,
    "channel layer": channel_layer,
    "storage": storage,
}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when database, channel layer and storage answer; 503 with the names of those that do not.

    Why they do not is for the log: this page is open to everybody.
    """
    failing = []
    for name, check in CHECKS.items():
        try:
            check()
        except Exception:
            logger.exception("%s does not answer", name)
            failing.append(name)
    if failing:
        return JsonResponse({"status": "failing", "failing": failing}, status=503)
    return JsonResponse({"status": "ok"})
