"""From where somebody signs in: failures are counted for a name and a place, so that nobody shuts a name for its owner.

A browser in which both factors were shown is known by a random token of its own, kept as a digest; it counts for itself alone.
Any other place counts twice: under its address, and with all unknown places together. See docs/decisions/0049.
"""

import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from gongxiang.platform.parties import policies
from gongxiang.platform.parties.keys import master_key
from gongxiang.platform.parties.models import KnownBrowser, SignInCounter

#: How long a browser is known after it was last used to sign in.
KNOWN_FOR = timedelta(days=90)
#: So many browsers of one person are known; the one longest unused is forgotten first.
MOST_BROWSERS = 10
#: Failures of all unknown places together that close a name to unknown places, as a multiple of those of one place.
TOGETHER = 4
#: The rest of a place grows to this at most.
LONGEST_REST = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A browser that shows a token, at an address."""

    address: str = ""
    token: str = ""


@dataclass(frozen=True, kw_only=True)
class _Limit:
    key: str
    most: int
    #: Whether each rest is twice as long as the one before.
    grows: bool


def lock_counters(username: str, place: Place | None, *, factor: bool, at: datetime) -> list[SignInCounter]:
    """The counters that a failure here counts on, locked; `place` is None inside a session that both factors opened."""
    return [_locked(username, limit.key, at) for limit in _limits(username, place, factor=factor)]


def blocked_until(counters: list[SignInCounter], at: datetime) -> datetime | None:
    """Until when signing in rests here, if it does."""
    ends = [one.blocked_until for one in counters if one.blocked_until is not None and one.blocked_until > at]
    return max(ends, default=None)


def count_failure(username: str, place: Place | None, counters: list[SignInCounter], *, factor: bool, at: datetime) -> None:
    """One more failure on each of the counters; the one that is full rests."""
    pause = timedelta(minutes=policies.rules()["block_minutes"])
    for counter, limit in zip(counters, _limits(username, place, factor=factor), strict=True):
        counter.failures = 1 if at - counter.last_failure_at > pause else counter.failures + 1
        if at - counter.last_failure_at > LONGEST_REST:
            counter.rests = 0
        counter.last_failure_at = at
        if counter.failures >= limit.most:
            rest = min(pause * 2 ** min(counter.rests, 10), max(LONGEST_REST, pause)) if limit.grows else pause
            counter.failures, counter.rests, counter.blocked_until = 0, min(counter.rests + 1, 1000), at + rest
        counter.save()


def settle(username: str, place: Place | None) -> None:
    """Both factors were right here: failures of this place count no more; those of other places are not its affair."""
    keys = {limit.key for factor in (False, True) for limit in _limits(username, place, factor=factor)} - {"unknown"}
    SignInCounter.objects.filter(pk__in=[_digest(f"{username}\x1f{key}") for key in keys]).delete()


def forget_failures(username: str) -> None:
    """Nothing is held against a name whose owner was given a new password or authenticator."""
    SignInCounter.objects.filter(name=_digest(username)).delete()


def remember_browser(person_id: UUID, token: str, *, at: datetime) -> str:
    """Know this browser from now on; gives its token, a new one unless it has one that we gave."""
    if not _rows(token).exists():
        token = secrets.token_urlsafe(32)
    KnownBrowser.objects.update_or_create(person_id=person_id, digest=_digest(token), defaults={"used_at": at})
    known = KnownBrowser.objects.filter(person_id=person_id).order_by("-used_at", "-pk").values_list("pk", flat=True)
    KnownBrowser.objects.filter(pk__in=list(known[MOST_BROWSERS:])).delete()
    return token


def forget_browsers(person_id: UUID) -> None:
    """None of the person's browsers is known any more."""
    KnownBrowser.objects.filter(person_id=person_id).delete()


def _limits(username: str, place: Place | None, *, factor: bool) -> list[_Limit]:
    most = policies.rules()["failures"]
    if place is None:
        return [_Limit(key="session", most=most, grows=True)]
    if place.token and _rows(place.token).filter(person__username=username).exists():
        return [_Limit(key=f"browser {_digest(place.token)}", most=most, grows=True)]
    if factor:
        # Who comes this far from an unknown place knows the password: however many places they have, it is one row of guesses.
        return [_Limit(key="factor", most=most, grows=True)]
    return [
        _Limit(key=f"address {_network(place.address)}", most=most, grows=True),
        _Limit(key="unknown", most=most * TOGETHER, grows=False),
    ]


def _rows(token: str) -> QuerySet[KnownBrowser]:
    return KnownBrowser.objects.filter(digest=_digest(token))


def _locked(username: str, key: str, at: datetime) -> SignInCounter:
    name, fresh = _digest(username), _digest(f"{username}\x1f{key}")
    while True:
        made = SignInCounter(place=fresh, name=name, last_failure_at=at)
        SignInCounter.objects.bulk_create([made], ignore_conflicts=True)
        # Whoever signed in meanwhile took the row away under which this one waited: then there is a fresh one to make.
        if (found := SignInCounter.objects.select_for_update().filter(pk=fresh).first()) is not None:
            return found


def _network(address: str) -> str:
    """The address; of version 6 the half that one machine cannot change at will."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return "none"
    if isinstance(number, ipaddress.IPv6Address):
        mapped = number.ipv4_mapped
        return str(mapped or ipaddress.ip_network((number, 64), strict=False))
    return str(number)


def _digest(text: str) -> str:
    return hmac.new(master_key(), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
