import authkit.models.events
import authkit.models.fields
import authkit.models.groups
import authkit.models.identity
import authkit.models.rights
import authkit.models.tags
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("contenttypes", "0002_remove_content_type_name"),
        # Written by hand: makemigrations names no swappable dependency on the app's own models.
        # None on groups: those of a project have an owner, and so wait for the users made here.
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "email",
                    authkit.models.fields.KeyEmailField(
                        blank=True, max_length=254, null=True, verbose_name="email address"
                    ),
                ),
                (
                    "email_key",
                    authkit.models.fields.KeyField(
                        editable=False, max_length=254, null=True, verbose_name="email address"
                    ),
                ),
                (
                    "status",
                    authkit.models.fields.KeyField(
                        choices=[
                            ("active", "active"),
                            ("unverified", "waiting for the address to be verified"),
                            ("pending", "waiting for approval"),
                            ("disabled", "disabled until a new password is set"),
                            ("blocked", "blocked"),
                        ],
                        default="active",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "blocked_from",
                    authkit.models.fields.KeyField(
                        blank=True, default="", editable=False, max_length=10
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(default=True, editable=False, verbose_name="active"),
                ),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="May open the administration pages.",
                        verbose_name="staff",
                    ),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Has every right without it being granted.",
                        verbose_name="superuser",
                    ),
                ),
                (
                    "date_joined",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="joined"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                (
                    "username",
                    authkit.models.fields.KeyField(
                        blank=True,
                        max_length=150,
                        null=True,
                        validators=[authkit.models.identity.validate_username],
                        verbose_name="user name",
                    ),
                ),
                (
                    "username_key",
                    authkit.models.fields.KeyField(
                        editable=False, max_length=150, null=True, verbose_name="user name"
                    ),
                ),
                (
                    "first_name",
                    models.CharField(blank=True, max_length=150, verbose_name="first name"),
                ),
                (
                    "last_name",
                    models.CharField(blank=True, max_length=150, verbose_name="last name"),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
                "swappable": "AUTH_USER_MODEL",
                "indexes": [
                    models.Index(
                        fields=["is_superuser", "status"], name="authkit_use_is_supe_3273d1_idx"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("email_key",), name="authkit_user_email_key"),
                    models.UniqueConstraint(fields=("email",), name="authkit_user_email"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_active", True), ("status", "active")),
                            models.Q(
                                ("is_active", False), models.Q(("status", "active"), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="authkit_user_is_active",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                ["active", "unverified", "pending", "disabled", "blocked"],
                            )
                        ),
                        name="authkit_user_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status", "blocked"), models.Q(("blocked_from", ""), _negated=True)
                            ),
                            models.Q(
                                models.Q(("status", "blocked"), _negated=True), ("blocked_from", "")
                            ),
                            _connector="OR",
                        ),
                        name="authkit_user_blocked_from",
                    ),
                    models.UniqueConstraint(
                        fields=("username_key",), name="authkit_user_username_key"
                    ),
                ],
            },
            bases=(authkit.models.rights.Rights, models.Model),
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    authkit.models.fields.KeyField(
                        max_length=255,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]+\\Z",
                                "Control characters are not allowed.",
                                "control",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "description",
                    models.TextField(blank=True, default="", verbose_name="description"),
                ),
                (
                    "owner",
                    models.OneToOneField(
                        editable=False,
                        null=True,
                        on_delete=authkit.models.groups.go_along,
                        related_name="auth_own_group",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="own group of",
                    ),
                ),
            ],
            options={
                "verbose_name": "group",
                "verbose_name_plural": "groups",
                "ordering": ["name"],
                "abstract": False,
                "swappable": "AUTHKIT_GROUP_MODEL",
                "constraints": [
                    models.UniqueConstraint(fields=("name",), name="authkit_group_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Permission",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("target_key", models.IntegerField(default=0, editable=False)),
                (
                    "object_id",
                    models.BigIntegerField(
                        default=0,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="record (number)",
                    ),
                ),
                (
                    "object_uuid",
                    models.UUIDField(
                        default=uuid.UUID("00000000-0000-0000-0000-000000000000"),
                        verbose_name="record (UUID)",
                    ),
                ),
                (
                    "name",
                    authkit.models.fields.KeyField(
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "\\A[^\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]+\\Z",
                                "Control characters are not allowed.",
                                "control",
                            )
                        ],
                        verbose_name="name",
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: does not expire.",
                        null=True,
                        verbose_name="expires",
                    ),
                ),
                (
                    "content_type",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contenttypes.contenttype",
                        verbose_name="model",
                    ),
                ),
            ],
            options={
                "verbose_name": "permission",
                "verbose_name_plural": "permissions",
                "abstract": False,
                "swappable": "AUTHKIT_PERMISSION_MODEL",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content_type__isnull", True), ("target_key", 0)),
                            models.Q(
                                ("content_type__isnull", False),
                                ("target_key", models.F("content_type")),
                            ),
                            _connector="OR",
                        ),
                        name="authkit_permission_target_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("object_id", 0),
                                ("object_uuid", uuid.UUID("00000000-0000-0000-0000-000000000000")),
                            ),
                            models.Q(
                                ("target_key__gt", 0),
                                models.Q(
                                    ("object_id", 0),
                                    (
                                        "object_uuid",
                                        uuid.UUID("00000000-0000-0000-0000-000000000000"),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="authkit_permission_record",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "expires_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="Empty: does not expire.",
                        null=True,
                        verbose_name="expires",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="auth_memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "membership",
                "verbose_name_plural": "memberships",
                "abstract": False,
                "swappable": "AUTHKIT_MEMBERSHIP_MODEL",
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "sequence",
                    models.BigIntegerField(editable=False, null=True, verbose_name="sequence"),
                ),
                ("name", models.CharField(max_length=60, verbose_name="event")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("success", "success"), ("failure", "failure")],
                        default="success",
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                ("actor_key", models.CharField(blank=True, default="", max_length=64)),
                ("user_key", models.CharField(blank=True, default="", max_length=64)),
                (
                    "target",
                    models.CharField(blank=True, default="", max_length=255, verbose_name="target"),
                ),
                ("data", models.JSONField(blank=True, default=dict, verbose_name="data")),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="IP address")),
                (
                    "user_agent",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="browser"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="time"),
                ),
                (
                    "salt",
                    models.CharField(
                        default=authkit.models.events.new_salt, editable=False, max_length=32
                    ),
                ),
                (
                    "commitment",
                    models.CharField(blank=True, default="", editable=False, max_length=64),
                ),
                (
                    "digest",
                    models.CharField(
                        blank=True, default="", editable=False, max_length=64, verbose_name="digest"
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="auth_events",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "event",
                "verbose_name_plural": "events",
                "ordering": ["-at", "-pk"],
                "abstract": False,
                "swappable": "AUTHKIT_EVENT_MODEL",
                "indexes": [
                    models.Index(fields=["at"], name="authkit_event_at"),
                    models.Index(fields=["name", "at"], name="authkit_event_name_at"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("sequence",), name="authkit_event_sequence")
                ],
            },
        ),
        migrations.CreateModel(
            name="Mail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("purpose", models.CharField(max_length=40, verbose_name="purpose")),
                ("address", models.CharField(blank=True, max_length=254, verbose_name="address")),
                ("language", models.CharField(max_length=20)),
                ("data", models.JSONField(blank=True, default=dict)),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                (
                    "next_try",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="next try"
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="queued"),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "mail to send",
                "verbose_name_plural": "mails to send",
                "indexes": [models.Index(fields=["next_try"], name="authkit_mail_next_try")],
            },
        ),
        migrations.CreateModel(
            name="Tag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("target_key", models.IntegerField(default=0, editable=False)),
                (
                    "object_id",
                    models.BigIntegerField(
                        default=0,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="record (number)",
                    ),
                ),
                (
                    "object_uuid",
                    models.UUIDField(
                        default=uuid.UUID("00000000-0000-0000-0000-000000000000"),
                        verbose_name="record (UUID)",
                    ),
                ),
                (
                    "namespace",
                    authkit.models.fields.KeyField(max_length=100, verbose_name="namespace"),
                ),
                (
                    "path",
                    authkit.models.fields.KeyField(
                        max_length=255,
                        validators=[authkit.models.tags.validate_path],
                        verbose_name="path",
                    ),
                ),
                (
                    "content_type",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contenttypes.contenttype",
                        verbose_name="model",
                    ),
                ),
            ],
            options={
                "verbose_name": "tag",
                "verbose_name_plural": "tags",
                "indexes": [
                    models.Index(
                        fields=["target_key", "object_id", "object_uuid", "namespace", "path"],
                        name="authkit_tag_target__99e1d7_idx",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("content_type__isnull", True), ("target_key", 0)),
                            models.Q(
                                ("content_type__isnull", False),
                                ("target_key", models.F("content_type")),
                            ),
                            _connector="OR",
                        ),
                        name="authkit_tag_target_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("object_id", 0),
                                ("object_uuid", uuid.UUID("00000000-0000-0000-0000-000000000000")),
                            ),
                            models.Q(
                                ("target_key__gt", 0),
                                models.Q(
                                    ("object_id", 0),
                                    (
                                        "object_uuid",
                                        uuid.UUID("00000000-0000-0000-0000-000000000000"),
                                    ),
                                    _connector="OR",
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="authkit_tag_record",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("object_id", 0),
                            ("object_uuid", uuid.UUID("00000000-0000-0000-0000-000000000000")),
                            _negated=True,
                        ),
                        name="authkit_tag_on_record",
                    ),
                    models.UniqueConstraint(
                        fields=("namespace", "target_key", "path", "object_id", "object_uuid"),
                        name="authkit_tag_path",
                    ),
                ],
            },
        ),
    ]
