"""Periodic work of the room: what signing in leaves behind is forgotten when it has no meaning any more."""

from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings

from gongxiang.platform.parties import places, sent, tokens
from gongxiang.platform.parties.models import KnownBrowser, SignInCounter


def forget_sign_ins(at: datetime) -> int:
    """Forget failures and sent forms of more than a day ago, and sessions that have run out; returns how many counters went."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    sent.forget_old(at)
    tokens.forget_counters(at)
    KnownBrowser.objects.filter(used_at__lt=at - places.KNOWN_FOR).delete()
    old = SignInCounter.objects.filter(last_failure_at__lt=at - timedelta(days=1)).exclude(blocked_until__gt=at)
    return old.delete()[0]
