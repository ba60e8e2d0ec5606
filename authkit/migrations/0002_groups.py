import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """What leads to groups, which may be a project's own, and so wait for the users of 0001."""

    dependencies = [
        ("authkit", "0001_initial"),
        migrations.swappable_dependency(settings.AUTHKIT_GROUP_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="permission",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="auth_permissions",
                to=settings.AUTHKIT_GROUP_MODEL,
                verbose_name="group",
            ),
        ),
        migrations.AddField(
            model_name="membership",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="auth_memberships",
                to=settings.AUTHKIT_GROUP_MODEL,
                verbose_name="group",
            ),
        ),
        migrations.AddConstraint(
            model_name="permission",
            constraint=models.UniqueConstraint(
                fields=("target_key", "object_id", "object_uuid", "name", "group"),
                name="authkit_permission_grant",
            ),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.UniqueConstraint(
                fields=("user", "group"), name="authkit_membership_user_group"
            ),
        ),
        migrations.AddIndex(
            model_name="permission",
            index=models.Index(
                fields=["group", "name", "target_key", "object_id", "object_uuid", "expires_at"],
                name="authkit_per_group_i_5f6296_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=["user", "group", "expires_at"], name="authkit_mem_user_id_584884_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(
                fields=["group", "user", "expires_at"], name="authkit_mem_group_i_f55f34_idx"
            ),
        ),
    ]
