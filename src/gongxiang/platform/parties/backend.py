"""Django's session backend: it finds the account of a session and nothing else; signing in is this room's own acts."""

from uuid import UUID

from django.contrib.auth.backends import BaseBackend

from gongxiang.platform.parties.models import Person


class SessionBackend(BaseBackend):
    """Accounts of sessions; a locked or closed account has none."""

    def get_user(self, user_id: UUID) -> Person | None:
        """The active account, or None: then the session is over."""
        return Person.objects.filter(pk=user_id, status="ACTIVE").first()
