"""The product's addresses, and a view that renders a constant template and asks nothing."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine, Template
from django.urls import include, path

_pages: dict[float, Template] = {}


def bare(_request: HttpRequest) -> HttpResponse:
    """The page that was written down before, as a template of nothing but text, parsed once."""
    changed = settings.BARE_PAGE.stat().st_mtime
    if changed not in _pages:
        words = settings.BARE_PAGE.read_text("utf-8")
        _pages[changed] = Engine().from_string("{% verbatim everything %}" + words + "{% endverbatim everything %}")
    return HttpResponse(_pages[changed].render(Context()))


urlpatterns = [path("bare/", bare), path("", include("config.urls"))]
