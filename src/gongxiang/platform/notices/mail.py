"""The digest by e-mail: off unless `GONGXIANG_SMTP_URL` names a server; titles and links only, in Chinese and English."""

import smtplib
import ssl
from collections.abc import Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from gongxiang.platform.notices import words
from gongxiang.platform.notices.models import Notice

#: Seconds to wait for the server.
PATIENCE = 20.0


def is_on() -> bool:
    """Whether a server is named."""
    return bool(settings.SMTP_URL)


def send_digest(address: str, notices: Sequence[Notice], *, message_id: UUID, begun_at: datetime) -> None:
    """One letter with everything unread; raises OSError (which smtplib's errors are) if it could not be handed over.

    Sent again it is the same letter, by which mail systems tell that they have it.
    """
    parts = urlsplit(settings.SMTP_URL)
    sender = parse_qs(parts.query).get("from", ["gongxiang@localhost"])[0]
    letter = EmailMessage()
    with translation.override("zh-hans"):
        letter["Subject"] = _("%(n)d unread notices on the sharing platform") % {"n": len(notices)}
        lines = [words.line(one) for one in notices]
        lines += ["", _("Sign in to the platform to read and handle them. This letter was sent by itself.")]
    letter["From"], letter["To"] = sender, address
    letter["Date"] = format_datetime(begun_at)
    letter["Message-ID"] = f"<{message_id}@{sender.rpartition('@')[2].strip(' >') or 'localhost'}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content("\n".join(lines))
    host, port = parts.hostname or "localhost", parts.port or 0
    # Without a context of ours smtplib takes any certificate, and would tell the password to whoever answers.
    opened = (
        smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=ssl.create_default_context())
        if parts.scheme == "smtps"
        else smtplib.SMTP(host, port, timeout=PATIENCE)
    )
    with opened as server:
        if parts.scheme == "smtp+starttls":
            server.starttls(context=ssl.create_default_context())
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(letter)
