"""All settings, from the environment. docs/settings.md says in words what each variable does."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import (
    env_bool,
    env_choice,
    env_clamd,
    env_database,
    env_int,
    env_internal,
    env_list,
    env_mail,
    env_origin,
    env_path,
    env_redis,
    env_secret,
    env_storage,
    env_str,
    env_time_zone,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# Where this is, and who may reach it
LIAISE_ENV = env_choice("LIAISE_ENV", ("development", "test", "production"), default="development")
PRODUCTION = LIAISE_ENV == "production"
DEBUG = env_bool("LIAISE_DEBUG", default=False)
LIAISE_DATA_DIR = env_path("LIAISE_DATA_DIR", BASE_DIR / "var")
LIAISE_URL = env_origin("LIAISE_URL", None if PRODUCTION else "http://localhost:8000")
SECRET_KEY = env_secret("LIAISE_SECRET_KEY", required=PRODUCTION, file=LIAISE_DATA_DIR / "secret-key")
ALLOWED_HOSTS = [urlsplit(LIAISE_URL).hostname or "", *env_list("LIAISE_HOSTS")]
if not PRODUCTION:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [LIAISE_URL]
ALLAUTH_TRUSTED_PROXY_COUNT = env_int("LIAISE_TRUSTED_PROXIES", default=0, most=10)

# The house
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "network.apps.NetworkConfig",
    "accounts.apps.AccountsConfig",
    "exchange.apps.ExchangeConfig",
    "forums.apps.ForumsConfig",
    "workshops.apps.WorkshopsConfig",
    "config.apps.ConfigConfig",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "accounts.oidc",
    "django_filters",
    "django_htmx",
    "django_prose_editor",
    "csp",
    "django_tasks",
    "django_tasks_db",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "network.middleware.NoRoomMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.AssuranceMiddleware",
    "network.middleware.ReaderMiddleware",
    "network.middleware.AdmissionMiddleware",
    "network.middleware.DraftMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
FORM_RENDERER = "config.forms.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "network.frame.frame",
            ],
        },
    },
]

# Rows, files and what is shared between processes
DATABASES = {
    "default": env_database(
        "DATABASE_URL",
        data_dir=LIAISE_DATA_DIR,
        pool=env_int("LIAISE_DATABASE_POOL", default=8, least=1, most=200),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env_redis("REDIS_URL")
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "liaise"},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MEDIA_ROOT = LIAISE_DATA_DIR / "files"
MEDIA_ROOT.mkdir(mode=0o700, exist_ok=True)
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
# What arrives in pieces lies here until it is shared; on the disk of this machine, wherever files are stored.
LIAISE_UPLOADS = LIAISE_DATA_DIR / "uploads"
LIAISE_UPLOADS.mkdir(mode=0o700, exist_ok=True)
LIAISE_MAX_UPLOAD_MB = env_int("LIAISE_MAX_UPLOAD_MB", default=500, least=1)
LIAISE_CLAMD = env_clamd("LIAISE_CLAMD")
LIAISE_ACCEL_REDIRECT = env_internal("LIAISE_ACCEL_REDIRECT")
STATIC_URL = "static/"
STATIC_ROOT = LIAISE_DATA_DIR / "static"
STATICFILES_DIRS: list[Any] = [BASE_DIR / "static"]
# What sends large files in pieces, where set-up could fetch it (docs/decisions/0017); else the plain form sends them.
LIAISE_TUS_CLIENT = BASE_DIR / ".venv" / "share" / "tus-js-client"
if LIAISE_TUS_CLIENT.is_dir():
    STATICFILES_DIRS.append(("tus", LIAISE_TUS_CLIENT))
STORAGES = {
    "default": env_storage("LIAISE_STORAGE"),
    "staticfiles": {"BACKEND": "config.assets.Assets"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# People
AUTH_USER_MODEL = "network.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.NotTheDemosValidator"},
]
LIAISE_REQUIRE_MFA = env_bool("LIAISE_REQUIRE_MFA", default=True)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(LIAISE_URL).scheme
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
# Every door has its limit, counted in the cache: for one caller (ip) and for what is tried (key). docs/security.md
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,50/h/ip,5/5m/key",
    "request_login_code": "10/m/ip,3/m/key,10/h/key",
    "reset_password": "10/m/ip,3/m/key,10/h/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "invitation": "30/m/ip",
    "organisation": "20/m/ip",
    "organisation_callback": "20/m/ip",
    "ask_to_take_part": "10/h/ip",
}
MFA_ADAPTER = "accounts.adapters.FactorAdapter"
MFA_FORMS = {
    "add_webauthn": "accounts.forms.factors.PasskeyForm",
    "activate_totp": "accounts.forms.factors.ActivateAppForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Nobody signs up alone, so an address that waits to be confirmed is no reason to go without a second factor.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Liaise"
# Browsers let http://localhost use passkeys; the library asks for https unless it is told.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
SOCIALACCOUNT_ADAPTER = "accounts.adapters.OrganisationAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_AUTO_SIGNUP = False
# The gate alone answers for grants: guardian has no person of its own, patches nothing and is no back end.
ANONYMOUS_USER_NAME = None
GUARDIAN_MONKEY_PATCH_USER = False
GUARDIAN_MONKEY_PATCH_GROUP = False
# auth.W004: an address is unique whatever its capitals, by a constraint on lower(email) that Django cannot see.
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "auth.W004"]

# Mail
globals().update(env_mail("EMAIL_URL", folder=LIAISE_DATA_DIR / "mail"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env_str("LIAISE_MAIL_FROM", default="Liaise <liaise@localhost>")

# Background work (docs/operations.md), in seconds
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
LIAISE_WORK_HANDS = 2  # so that letters leave while a long task runs
LIAISE_WORK_LOOKS_EVERY = 1
LIAISE_WORK_BEATS_EVERY = 5
LIAISE_WORK_LOST_AFTER = 20
LIAISE_WORK_FIRST_PAUSE = 10
LIAISE_WORK_LONGEST = 3600

# Language and time: stored in UTC, shown in the reader's zone, or in the network's
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
# The interface speaks English, and each other language as soon as its words lie in locale/: half a page is no help.
LANGUAGES = [
    (code, name)
    for code, name in (
        ("en", _("English")),
        ("fr", _("French")),
        ("de", _("German")),
        ("es", _("Spanish")),
        ("it", _("Italian")),
    )
    if code == LANGUAGE_CODE or (LOCALE_PATHS[0] / code).is_dir()
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LIAISE_TIME_ZONE = env_time_zone("LIAISE_TIME_ZONE", default="Europe/Brussels")

# What browsers are told
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": env_choice("LIAISE_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"),
    },
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "daphne": {"level": "WARNING"},
        # One line for each task would bury the log; a failed one is an error of its own.
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
        # What is not found is no fault of ours, and the addresses of invitations are nobody's to read in a log.
        "django.request": {"level": "ERROR"},
    },
}
