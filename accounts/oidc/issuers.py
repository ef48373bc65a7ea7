"""What may be an issuer, and what our server asks of one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings

PATIENCE = 5  # seconds for each answer
LARGEST = 512 * 1024  # octets of one answer
HERE = {"localhost", "127.0.0.1", "::1"}


def may_be_asked(url: str) -> bool:
    """Whether our server may ask this address: https, or, outside production, a provider on this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    if not host or parts.username or parts.password or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and host in HERE and not settings.PRODUCTION)


class IssuerSession(requests.Session):
    """Asks a provider: only what may be asked, without following it elsewhere, within seconds, so much and no more."""

    def __init__(self) -> None:
        super().__init__()
        # Neither proxies nor passwords of the machine's user.
        self.trust_env = False

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """Raises RequestException where it does not answer as it should."""
        if not may_be_asked(str(url)):
            raise requests.exceptions.InvalidURL(f"{url} may not be asked")
        kwargs |= {"timeout": PATIENCE, "allow_redirects": False, "stream": True}
        response = super().request(method, url, *args, **kwargs)
        if response.is_redirect:
            raise requests.exceptions.TooManyRedirects(f"{url} answers with another address")
        try:
            body = response.raw.read(LARGEST + 1, decode_content=True)
        except urllib3.exceptions.HTTPError as error:
            raise requests.exceptions.ConnectionError(f"{url} stops in the middle") from error
        finally:
            response.close()
        if len(body) > LARGEST:
            raise requests.exceptions.ContentDecodingError(f"{url} answers with too much")
        response._content, response._content_consumed = body, True
        return response
