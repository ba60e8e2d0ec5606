"""Settings of the demo. What authkit asks of a project stands in its own block."""

from __future__ import annotations

import os
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent
# Everything the demo writes; git ignores it.
DEMO = Path(os.environ.get("AUTHKIT_DEMO_FOLDER") or ROOT / ".demo")
MAIL_FOLDER = DEMO / "mail"
MAIL_FOLDER.mkdir(parents=True, exist_ok=True)
BASE_URL = f"http://127.0.0.1:{os.environ.get('AUTHKIT_DEMO_PORT') or 8000}"

# authkit: start

INSTALLED_APPS = [
    "example_project",  # first, as it changes a template of authkit
    "authkit",
    "example_project.documents",
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
]
MIDDLEWARE = [
    "example_project.middleware.content_security_policy",
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
AUTHENTICATION_BACKENDS = ["authkit.backends.AuthkitBackend"]
AUTH_USER_MODEL = "authkit.User"
ALLAUTH_SETTING_GETTER = "authkit.conf.allauth_setting"
PASSWORD_HASHERS = ["authkit.hashers.Argon2idHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "authkit.validators.PasswordPolicy"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_profile"
AUTHKIT = {
    "BASE_URL": BASE_URL,
    "SITE_NAME": "authkit demo",
    "LOGIN_METHODS": ["email", "username"],
}

# authkit: end

# A demo on the loopback address: a project that faces the world keeps its key secret and DEBUG off.
SECRET_KEY = "the key of the demo, known to everybody, and so worth nothing"
DEBUG = True
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "example_project.urls"
STATIC_URL = "static/"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DEMO / "db.sqlite3",
        # Writers queue up, instead of failing when two of them have read first.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
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

# Mail goes into files, and the page /outbox/ shows them.
DEFAULT_FROM_EMAIL = "authkit demo <demo@example.com>"
FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
if django.VERSION >= (6, 1):
    MAILERS = {"default": {"BACKEND": FILE_BACKEND, "OPTIONS": {"file_path": str(MAIL_FOLDER)}}}
else:
    EMAIL_BACKEND = FILE_BACKEND
    EMAIL_FILE_PATH = str(MAIL_FOLDER)
