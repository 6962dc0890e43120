"""What whoever tries the demo needs to know: addresses, accounts, and where the rows of each flow can be seen."""

from typing import Any
from uuid import UUID

from gongxiang.demo.progress import Notes
from gongxiang.machine.home import Home
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import System
from gongxiang.protocol.policy import compile_terms


def info(home: Home) -> dict[str, Any]:
    """`site`, `gateway`, `accounts`, `token` (of a calling system), `flows`, as `gongxiang demo info --json` prints them."""
    notes = Notes.load(home.path)
    accounts = [
        {"name": name, **{key: account[key] for key in ("password", "totp_secret", "role", "department")}}
        for name, account in notes.accounts.items()
    ]
    return {"site": home.address, "gateway": home.node_door, "accounts": accounts, "token": notes.kept.get("token", ""),
            "flows": list(_flows(notes))}  # fmt: skip


def _flows(notes: Notes) -> Any:
    owners = {UUID(value): key for key, value in notes.kept.get("nodes", {}).items()}
    for flow in delivery.find_flows(actor=System(name="demo")):
        stream = delivery.stream_of(flow.resource_id, actor=System(name="demo"))
        if stream is None or flow.provider_node_id is None or flow.consumer_node_id is None:
            continue
        source, target = owners[flow.provider_node_id], owners[flow.consumer_node_id]
        yield {
            "resource": flow.resource_name,
            "grant": str(flow.grant_id),
            "state": flow.status,
            "source_dsn": notes.kept["dsn"][source]["source"],
            "source_table": stream.source_table,
            "exchange_dsn": notes.kept["dsn"][target]["exchange"],
            "exchange_table": f"received.{flow.exchange_table}",
            "columns": _columns(flow.grant_id, flow.resource_id),
        }


def _columns(grant_id: UUID, resource_id: UUID) -> list[str]:
    """The columns that arrive: what the compiled terms let through. No value is computed, so any secret will do."""
    policy = compile_terms(grants.current_terms(grant_id), catalogue.element_specs(resource_id), b"columns only")
    return [spec.code for spec in policy.schema]
