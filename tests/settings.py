"""Settings of the test suite: SQLite, or the server that AUTHKIT_TEST_DB names."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured


def database(vendor: str) -> dict[str, object]:
    """The database entry; ``python -m tests.counterparts`` sets the variables of a server."""
    if vendor == "sqlite":
        return SQLITE
    try:
        server = {key: os.environ[f"AUTHKIT_TEST_DB_{key}"] for key in ("HOST", "PORT", "USER")}
    except KeyError as missing:
        raise ImproperlyConfigured(
            f"{missing} is not set. Start the tests beside a server: "
            f"python -m tests.counterparts {vendor} -- python -m pytest"
        ) from None
    return {"NAME": "authkit", **server, **ENGINES[vendor]}


# A file rather than memory, so that the threads of a test have real connections of their own.
SQLITE_FILE = Path(tempfile.gettempdir()) / f"authkit-test-{os.getpid()}.sqlite3"
SQLITE: dict[str, object] = {
    "ENGINE": "django.db.backends.sqlite3",
    "NAME": ":memory:",
    "TEST": {"NAME": str(SQLITE_FILE)},
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA synchronous=OFF; PRAGMA journal_mode=MEMORY;",
    },
}
ENGINES: dict[str, dict[str, object]] = {
    "postgresql": {"ENGINE": "django.db.backends.postgresql"},
    "mariadb": {"ENGINE": "django.db.backends.mysql", "TEST": {"CHARSET": "utf8mb4"}},
}
VENDOR = os.environ.get("AUTHKIT_TEST_DB") or "sqlite"
if VENDOR == "mariadb":
    import pymysql

    # mysqlclient comes without a wheel; Django asks for its version.
    pymysql.version_info = (2, 2, 8, "final", 0)
    pymysql.install_as_MySQLdb()

DATABASES = {"default": database(VENDOR)}

SECRET_KEY = "a key of the tests, known to everybody, and so worth nothing"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
ROOT_URLCONF = "tests.urls"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "static/"

INSTALLED_APPS = [
    "authkit",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "tests.blog",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "authkit.middleware.AuthkitMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}

AUTH_USER_MODEL = "authkit.User"
AUTHENTICATION_BACKENDS = ["authkit.backends.AuthkitBackend"]
ALLAUTH_SETTING_GETTER = "authkit.conf.allauth_setting"
PASSWORD_HASHERS = ["tests.hashers.FastArgon2idHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "authkit.validators.PasswordPolicy"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_profile"
# Another host than the test client's: a mailed link may not come from the request.
AUTHKIT = {
    "BASE_URL": "https://accounts.example.com",
    "LOGIN_METHODS": ["email", "username"],
    "MAIL_THREAD": False,
}
