"""Takes facts and receipts to the gateway, in order, again and again until they arrive; one thread for the whole node.

Of receipts only the latest of a grant counts. Facts wait in memory: what matters of them is said anew after a restart.
"""

import collections
import logging
import threading
import time
from uuid import UUID

from gongxiang.node import errors
from gongxiang.node.client import GatewayClient
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.messages import Message, NodeSeen
from gongxiang.protocol.receipts import Receipt

log = logging.getLogger(__name__)

#: Facts that wait at most; the oldest heartbeats go first.
MOST = 5000
_AT_ONCE = 200
_BYTES_AT_ONCE = 1 << 20


class Office:
    """See the module; `report` and `receipt` never block."""

    def __init__(self, client: GatewayClient) -> None:
        self._client = client
        self._facts: collections.deque[Message] = collections.deque()
        self._receipts: dict[UUID, Receipt] = {}
        self._news = threading.Condition()
        self._stopping = False
        #: Why the gateway cannot be reached; empty if it can.
        self.trouble = ""
        self._thread = threading.Thread(target=self._run, name="office", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def report(self, fact: Message) -> None:
        """Tell the platform."""
        with self._news:
            if isinstance(fact, NodeSeen):
                self._facts = collections.deque(f for f in self._facts if not isinstance(f, NodeSeen))
            elif len(self._facts) >= MOST:
                self._facts.popleft()
            self._facts.append(fact)
            self._news.notify_all()

    def receipt(self, receipt: Receipt) -> None:
        """Hand in the latest receipt of a grant."""
        with self._news:
            self._receipts[receipt.grant_id] = receipt
            self._news.notify_all()

    def stop(self, seconds: float) -> None:
        """Send what waits, but not longer than `seconds`."""
        with self._news:
            self._stopping = True
            self._news.notify_all()
        if self._thread.ident is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        delay = 0.5
        while True:
            with self._news:
                while not (self._facts or self._receipts or self._stopping):
                    self._news.wait()
                if self._stopping and not (self._facts or self._receipts):
                    return
                receipts, self._receipts = list(self._receipts.values()), {}
                facts = self._next_facts()
            try:
                self._send(facts, receipts)
                self.trouble, delay = "", 0.5
            except errors.Transient as error:
                self.trouble = errors.in_words(error)
                with self._news:
                    if self._stopping:
                        return
                time.sleep(delay)
                delay = min(delay * 2, 10.0)

    def _next_facts(self) -> list[Message]:
        """What goes in one call: a bounded number of facts of a bounded size together, always one."""
        facts: list[Message] = []
        size = 0
        while self._facts and len(facts) < _AT_ONCE:
            size += len(canonical(self._facts[0].to_json()))
            if facts and size > _BYTES_AT_ONCE:
                break
            facts.append(self._facts.popleft())
        return facts

    def _send(self, facts: list[Message], receipts: list[Receipt]) -> None:
        try:
            while receipts:
                self._send_receipt(receipts[0])
                receipts.pop(0)
            self._send_facts(facts)
        except errors.Transient:
            with self._news:
                self._facts.extendleft(reversed(facts))
                for receipt in receipts:
                    self._receipts.setdefault(receipt.grant_id, receipt)
            raise

    def _send_receipt(self, receipt: Receipt) -> None:
        try:
            self._client.receipt(receipt)
        except errors.Terminal as error:
            log.warning("receipt of grant %s: %s", receipt.grant_id, errors.in_words(error))

    def _send_facts(self, facts: list[Message]) -> None:
        """All together; if one is refused each by itself, so that one bad fact does not keep back the others."""
        try:
            self._client.facts(facts)
        except errors.Terminal as error:
            if len(facts) == 1:
                log.warning("fact %s: %s", facts[0].kind, errors.in_words(error))
                return
            while facts:
                self._send_facts(facts[:1])
                facts.pop(0)
