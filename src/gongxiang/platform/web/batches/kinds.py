"""What batches there are: who carries each out, and where its records and its list stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from gongxiang.platform.access import batches as replies
from gongxiang.platform.batches.actions import Work
from gongxiang.platform.batches.queries import BatchRef
from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.catalogue import queries as entries
from gongxiang.platform.grants import sending
from gongxiang.platform.web.dates import read_instant


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of batch."""

    carry_out: Callable[[Work], object]
    #: The url name of one record, and of the list that a batch came from.
    record: str
    home: Callable[[BatchRef], str]


def _on_entry(work: Work) -> None:
    """One entry of the catalogue; a revision that changes what live grants get is sent only with its effect looked at."""
    if work.act == "send":
        entries.get_draft(work.subject_id, actor=work.by)
        sending.send_one_seen(resource_id=work.subject_id, seen=str(work.own.get("seen", "")), by=work.by, at=work.at)
    else:
        catalogue.act_on_one(resource_id=work.subject_id, act=work.act, said=work.said, by=work.by, at=work.at)


def _on_request(work: Work) -> None:
    """One access request: its reply is prepared, or the prepared one given."""
    if work.act == "prepare":
        like = work.said.get("like")
        replies.prepare_one(
            access_request_id=work.subject_id, outcome=work.said["outcome"], ground=work.said["ground"], by=work.by, at=work.at,
            text=work.said["text"], like=UUID(like) if like else None,
        )  # fmt: skip
    else:
        replies.consent_one(
            access_request_id=work.subject_id, read_at=read_instant(str(work.own.get("read", ""))), by=work.by, at=work.at,
            aggregation_reason=work.said["aggregation_reason"],
        )  # fmt: skip


KINDS: Final[Mapping[str, Kind]] = {
    "entries": Kind(
        carry_out=_on_entry, record="catalogue:entry",
        home=lambda batch: "catalogue:mine" if batch.said.get("back") == "mine" else "catalogue:reviews",
    ),
    "replies": Kind(
        carry_out=_on_request, record="access:detail",
        home=lambda batch: "access:replies" if batch.act == "prepare" else "access:consents",
    ),
}  # fmt: skip
#: Kind -> the words of a field that a reason names; the areas whose fields they are fill it in.
FIELD_WORDS: Final[dict[str, Callable[[str], str]]] = {}
#: What the worker is handed.
CARRY_OUT: Final = {name: kind.carry_out for name, kind in KINDS.items()}
