"""Settings of the tests: those of the house in a folder of their own, faster where speed costs no truth.

The server process that the socket and browser tests start reads this page too.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ.setdefault("LIAISE_ENV", "test")
if "LIAISE_DATA_DIR" not in os.environ:
    folder = tempfile.mkdtemp(prefix="liaise-tests-")
    os.environ["LIAISE_DATA_DIR"] = folder
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
elif (worker := os.environ.get("PYTEST_XDIST_WORKER")) and Path(os.environ["LIAISE_DATA_DIR"]).name != worker:
    # Workers inherit the folder of the process that began them; each gets its own inside it.
    os.environ["LIAISE_DATA_DIR"] += f"/{worker}"

from config.settings import *  # noqa: F403
from config.settings import CACHES, DATABASES, INSTALLED_APPS, LIAISE_DATA_DIR, REDIS_URL, STATIC_ROOT, STORAGES  # noqa: F401

database = DATABASES["default"]
if database["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in memory there is no WAL and no second process; a crash of the machine is not what we test.
    database["TEST"] = {"NAME": LIAISE_DATA_DIR / "test.sqlite3"}
    database["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    from psycopg._preparing import PrepareManager

    # To psycopg a rollback means that tables may be others now, so it drops all plans; and nearly every test ends with
    # one. PostgreSQL would spend more on planning the gate's questions anew in each test than on all the rest.
    PrepareManager.clear = lambda self: False  # type: ignore[method-assign]
    PrepareManager.prepared_max = 1000

# Two test runs at one Redis must not hear each other.
CACHES["default"]["KEY_PREFIX"] = str(LIAISE_DATA_DIR)
if REDIS_URL:
    CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = str(LIAISE_DATA_DIR)  # type: ignore[index]  # noqa: F405

# Whatever the rows of an older run say, the folder of this run is the store.
(LIAISE_DATA_DIR / "files" / "store-of-liaise").touch()

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(exist_ok=True)
# Off, unless a test says so to the server that it starts.
if os.environ.get("LIAISE_TEST_RATE_LIMITS") != "1":
    ACCOUNT_RATE_LIMITS = False
LIAISE_REQUIRE_MFA = os.environ.get("LIAISE_TEST_REQUIRE_MFA") == "1"

# Workers of the tests look often and give up soon.
LIAISE_WORK_LOOKS_EVERY = 0.1
LIAISE_WORK_BEATS_EVERY = 0.5
LIAISE_WORK_LOST_AFTER = 4
LIAISE_WORK_FIRST_PAUSE = 0.1
