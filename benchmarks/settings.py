"""The product's own settings, with one more address beside its pages: the bare view that they are held against."""

from config import settings as _own
from config.settings import *  # noqa: F403 - all of them

ROOT_URLCONF = "benchmarks.urls"
BARE_PAGE = _own.LIAISE_DATA_DIR / "bare.html"
