"""Django settings, all from `GONGXIANG_*` variables; nothing secret stands in this file."""

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

HOME = Path(os.environ.get("GONGXIANG_HOME", "var")).absolute()
_platform = Path(__file__).resolve().parent.parent
PROFILE = os.environ.get("GONGXIANG_PROFILE", "production")
#: Seconds for which the data plane obeys orders without hearing from the platform again.
ORDER_LEASE = int(os.environ.get("GONGXIANG_ORDER_LEASE") or 900)


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        # A connection kept from before a restart of the database is made anew, not found broken by the first call after it.
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": "5", **dict(parse_qsl(parts.query))},
    }


DATABASES = {
    "default": _database(
        os.environ.get("GONGXIANG_SITE_DATABASE_URL") or os.environ.get("GONGXIANG_DATABASE_URL", "postgresql:///gongxiang")
    )
}
ROOMS = [
    "evidence",
    "rulebook",
    "documents",
    "parties",
    "batches",
    "agreements",
    "catalogue",
    "demands",
    "projects",
    "grants",
    "access",
    "delivery",
    "corrections",
    "notices",
    "web",
    "http_api",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    *(f"gongxiang.platform.{room}" for room in ROOMS),
]
AUTH_USER_MODEL = "parties.Person"
AUTHENTICATION_BACKENDS = ["gongxiang.platform.parties.backend.SessionBackend"]
PASSWORD_HASHERS = ["gongxiang.platform.wiring.hashing.PasswordHasher"]
#: From how many published entries on the search keeps a side index (docs/decisions/0029); fewer are PostgreSQL's alone.
SEARCH_INDEX_FROM = int(os.environ.get("GONGXIANG_SEARCH_INDEX_FROM") or 20_000)
#: Server for the daily digest of notices, smtp://, smtps:// or smtp+starttls://user:password@host:port?from=address; or none.
SMTP_URL = os.environ.get("GONGXIANG_SMTP_URL", "")
#: Networks that messages to departments' office systems may reach besides public addresses: the intranet. This machine and its
#: own link are reached only if they are named here.
WEBHOOK_NETWORKS = [
    one
    for one in os.environ.get("GONGXIANG_WEBHOOK_NETWORKS", "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7").split(",")
    if one
]
#: Numbers of signing in, asked by assessors of GB/T 22239 level 3 (no text fixes them): change them by variables.
SIGN_IN = {
    name: int(os.environ.get(f"GONGXIANG_{name.upper()}", default))
    for name, default in {
        "password_length": 8,
        "password_classes": 3,
        "password_days": 90,
        "password_history": 5,
        "failures": 5,
        "block_minutes": 20,
        "idle_minutes": 30,
        "factor_minutes": 5,
    }.items()
}
#: Numbers of the interfaces for machines (no text fixes them): change them by variables.
INTERFACES = {
    name: int(os.environ.get(f"GONGXIANG_{name.upper()}", default))
    for name, default in {"token_days": 366, "tokens": 10, "calls_per_minute": 600}.items()
}
#: Most bytes of a file that a browser brings to the gateway, which has the same variable.
FILE_BYTES = int(os.environ.get("GONGXIANG_GATEWAY_BODY_MIB") or 16) << 20
#: "open": callers without a token read the entries opened to society; anything else: they read nothing.
PUBLIC_CATALOGUE = os.environ.get("GONGXIANG_PUBLIC_CATALOGUE", "")
ROOT_URLCONF = "gongxiang.platform.wiring.urls"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "gongxiang.platform.web.middleware.readable_addresses",
    "gongxiang.platform.web.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "gongxiang.platform.web.accounts.middleware.acting_person",
    "gongxiang.platform.web.accounts.middleware.known_browser",
    "gongxiang.platform.web.middleware.security_headers",
    "gongxiang.platform.http_api.middleware.interfaces",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [str(path) for path in sorted(_platform.glob("web/*/templates"))],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["gongxiang.platform.web.templatetags.once"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "gongxiang.platform.web.context.shell",
            ],
        },
    }
]
#: Where people outside reach the site, without a slash at its end: printed on documents with their verification code.
PUBLIC_ADDRESS = os.environ.get("GONGXIANG_PUBLIC_ADDRESS", "").rstrip("/")
#: A folder with fonts for PDF, such as 小标宋 and 仿宋, taken before those of the system and the ones we bring.
FONTS = os.environ.get("GONGXIANG_FONTS", "")
# Kept in the installation's keys; a process started without them gets one of its own, which nobody can guess.
SECRET_KEY = os.environ.get("GONGXIANG_SITE_SECRET") or secrets.token_urlsafe(50)
#: Names under which people reach the site; behind a proxy with TLS, say its name here and set GONGXIANG_HTTPS=1.
ALLOWED_HOSTS = [host for host in os.environ.get("GONGXIANG_HOSTS", "127.0.0.1,localhost,[::1]").split(",") if host]
HTTPS = os.environ.get("GONGXIANG_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
# The compile form of a resource sends a dozen fields for each of up to 500 elements.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = sorted(str(path) for path in _platform.glob("**/locale"))
STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "gongxiang.platform.wiring.static.VersionedStorage"},
}
# Files are served from where the rooms have them; their addresses carry a digest, so browsers may keep them long.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 30 * 24 * 3600
WHITENOISE_ALLOW_ALL_ORIGINS = False
CSRF_FAILURE_VIEW = "gongxiang.platform.web.views.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Lax"
#: What fails is told on standard error, without values; of refused addresses only those that a fault of ours refused.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "secrets": {"()": "gongxiang.platform.wiring.logs.SecretAddresses"},
        "outages": {"()": "gongxiang.platform.wiring.logs.OutagesBriefly"},
    },
    "formatters": {
        "plain": {
            "()": "gongxiang.platform.wiring.logs.WithoutValues",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"told": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["secrets"]}},
    "root": {"handlers": ["told"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"filters": ["secrets", "outages"], "level": "ERROR"},
        "django.security": {"level": "ERROR"},
        "django.security.csrf": {"filters": ["secrets"]},
    },
}
MESSAGE_TAGS = {40: "error"}
