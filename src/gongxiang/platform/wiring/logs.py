"""What the site's log may say of an address: never the secret that opens a calendar."""

import logging
import re

_SECRET = re.compile(r"(/agenda/feed/)[^\s?#]+")


class SecretAddresses(logging.Filter):
    """Cut the secret out of addresses that were refused; calendar programs ask with methods that are not served."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through, without secrets."""
        if isinstance(record.args, tuple):
            record.args = tuple(_SECRET.sub(r"\1…", one) if isinstance(one, str) else one for one in record.args)
        return True
