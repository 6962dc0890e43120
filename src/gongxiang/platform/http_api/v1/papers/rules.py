"""The library of rules of operation and security (art. 12(1)): read, confirmed as read, issued, replaced, ended."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Wrong
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from ninja import Schema, Status
from pydantic import Field

from gongxiang.platform.documents import library, queries_library
from gongxiang.platform.documents.permissions import KEEP_RULES, READ_RULES
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.doors import Called
from gongxiang.platform.http_api.endpoints import endpoint
from gongxiang.platform.http_api.errors import ContentUnreadable
from gongxiang.platform.http_api.lists import Narrowed, enter_reads, words
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import plain

_Rule = schema_of(queries_library.RuleView, sent=False, called="OperationRule")
_Version = schema_of(queries_library.VersionView, sent=False, called="OperationRuleVersion")


class RuleSent(Schema):
    """A file of rules in base64, with the statement that it holds no state secret and no work secret."""

    effective_on: date | None = None
    file_name: str = Field(min_length=1, max_length=200)
    content: str = Field(max_length=30_000_000)
    holds_no_secrets: Literal[True]


class NewRule(RuleSent):
    """A rule that is issued."""

    title: str = Field(max_length=200)
    kind: Literal["operation", "security", "use", "other"]


class NewRuleVersion(RuleSent):
    """A version that replaces the one in force, and what is changed in it."""

    changes: str = Field(max_length=2000)


class RuleReader(Schema):
    """Who has read a version."""

    person_name: str
    department_name: str
    read_at: datetime


class RuleVersions(Schema):
    """Every version, the newest first, and who has read the one in force, as far as the caller sees that."""

    versions: list[_Version]  # type: ignore[valid-type]
    readers: list[RuleReader]


class RuleContent(Schema):
    """The file of a version, in base64."""

    file_name: str
    media_type: str
    digest: str
    content: str


class RulesWanted(Narrowed):
    """Which rules; status `ended` gives those that apply no more besides."""

    kind: Literal["", "operation", "security", "use", "other"] = ""
    sort: Literal["new", "name"] = "new"


def _find(actor: Any, asked: Any) -> Any:
    found = queries_library.rules(actor, text=words(asked), kind=asked.kind, ended=asked.status == "ended")
    return sorted(found, key=lambda one: one.title) if asked.sort == "name" else found


RULE = Area(
    tag="Rules", path="/operation-rules", key="rule_id", answer=_Rule, door=READ_RULES, body=plain, name="operation_rule",
    see=lambda key, actor: queries_library.rule(key, actor),
)  # fmt: skip
enter_reads(
    RULE, many="operation_rules", said="Rules of operation and security, with the version in force.", find=_find,
    wanted=RulesWanted,
)  # fmt: skip
enter_acts(RULE, (Act(name="end_operation_rule", path="/end", action=library.end_rule, door=KEEP_RULES),))


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Wrong, ValueError):
        raise ContentUnreadable(field="content") from None


def _seen(request: Called, rule_id: UUID) -> dict[str, Any]:
    return dict(plain(queries_library.rule(rule_id, request.actor)))


@endpoint(
    "POST", "/operation-rules", door=KEEP_RULES, name="issue_operation_rule", tag="Rules", answer=_Rule, status=201
)  # fmt: skip
def issue(request: Called, sent: NewRule) -> Status[Any]:
    """Issue a rule with its file; everybody at work is asked to read it."""
    made = library.issue_rule(
        title=sent.title, kind=sent.kind, effective_on=sent.effective_on, name=sent.file_name, content=_decoded(sent.content),
        by=request.actor, at=clock.now(),
    )  # fmt: skip
    return Status(201, _seen(request, made.rule_id))


@endpoint(
    "POST", "/operation-rules/{uuid:rule_id}/versions", door=KEEP_RULES, name="replace_operation_rule", tag="Rules",
    answer=_Rule, status=201,
)  # fmt: skip
def replace(request: Called, rule_id: UUID, sent: NewRuleVersion) -> Status[Any]:
    """Issue a new version, which everybody is asked to read anew."""
    library.replace_rule(
        rule_id=rule_id, effective_on=sent.effective_on, changes=sent.changes, name=sent.file_name,
        content=_decoded(sent.content), by=request.actor, at=clock.now(),
    )  # fmt: skip
    return Status(201, _seen(request, rule_id))


@endpoint(
    "GET", "/operation-rules/{uuid:rule_id}/versions", door=READ_RULES, name="list_operation_rule_versions", tag="Rules",
    answer=RuleVersions,
)  # fmt: skip
def versions(request: Called, rule_id: UUID) -> dict[str, Any]:
    """Every version of a rule, and who has read the one in force."""
    current = queries_library.rule(rule_id, request.actor).current
    readers = [
        {name: getattr(row, name) for name in RuleReader.model_fields}
        for row in queries_library.receipts(current.id, request.actor)
    ]
    return {"versions": plain(queries_library.versions(rule_id, request.actor)), "readers": readers}


@endpoint(
    "GET", "/operation-rules/versions/{uuid:version_id}/content", door=READ_RULES, name="get_operation_rule_content",
    tag="Rules", answer=RuleContent,
)  # fmt: skip
def content(request: Called, version_id: UUID) -> dict[str, Any]:
    """The file of one version."""
    found = queries_library.content(version_id, request.actor)
    return {
        "file_name": found.name, "media_type": found.media_type, "digest": found.digest,
        "content": b64encode(found.content).decode(),
    }  # fmt: skip


@endpoint(
    "POST", "/operation-rules/versions/{uuid:version_id}/read", door=READ_RULES, name="confirm_operation_rule_read",
    tag="Rules", answer=_Rule,
)  # fmt: skip
def read(request: Called, version_id: UUID) -> dict[str, Any]:
    """Say that one has read the version in force."""
    queries_library.content(version_id, request.actor)
    given = library.confirm_read(version_id=version_id, by=request.actor, at=clock.now())
    return _seen(request, given.version.rule_id)
