"""What is answered where an answer failed."""

import sys

from django.http import HttpRequest, HttpResponse
from django.views.defaults import server_error

from network.fullness import is_full, no_room_page


def failed(request: HttpRequest) -> HttpResponse:
    """The page for a fault of ours; of a full disk it says so, since the same may succeed later."""
    if is_full(sys.exc_info()[1]):
        return no_room_page(request)
    return server_error(request)
