"""The node's main program: pulls orders, starts and stops what they say, tells how it goes, until it is told to end.

It opens every connection itself and follows nothing the platform did not sign. Everything of value is on disk or in the
exchange database, so it may be killed at any moment.
"""

import dataclasses
import json
import logging
import os
import threading
import time
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from gongxiang.node import errors, identity, survey
from gongxiang.node.apply.postgresql import PostgresTarget
from gongxiang.node.client import GatewayClient
from gongxiang.node.config import NodeConfig
from gongxiang.node.describe import describe_table
from gongxiang.node.dispose import destroy
from gongxiang.node.ending import end_on_signals
from gongxiang.node.flow import Flow
from gongxiang.node.identity import Identity
from gongxiang.node.measuring import Measurer
from gongxiang.node.office import Office
from gongxiang.node.orders import OrderBook
from gongxiang.node.provider import ProviderStream
from gongxiang.node.reconcile import Reconciler
from gongxiang.node.trial import try_place
from gongxiang.node.witness import Witness
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant
from gongxiang.protocol.disposal import NOT_ENDED, DestroyTable, TableDestroyed
from gongxiang.protocol.messages import (
    Alarm,
    CloseStream,
    DescribeTable,
    EndGrant,
    Lease,
    Message,
    MountStep,
    MountTried,
    NodeSeen,
    OpenGrant,
    OpenStream,
    Reconcile,
    ResumeGrant,
    RevokeNode,
    SurveyedTable,
    SurveySource,
    SuspendGrant,
    TableDescribed,
    TablesSurveyed,
    TryMount,
)
from gongxiang.protocol.sentences import Sentence
from gongxiang.protocol.signing import Signer

log = logging.getLogger(__name__)

#: Seconds of one long poll for orders, between heartbeats, between looks at the databases, until all threads must have ended.
ORDERS_WAIT, HEARTBEAT, DATABASE_LOOK, END_WITHIN = 20.0, 5.0, 20.0, 8.0
#: Seconds a clock may be off before it is said.
SKEW = 30.0
_FIRST_DELAY, _LAST_DELAY, _TERMINAL_DELAY = 0.2, 5.0, 30.0


class Agent:
    """One node's program; `run` returns when it was told to stop."""

    def __init__(self, config: NodeConfig) -> None:
        self.config = config
        self.identity: Identity
        self.key: Signer
        self.identity, self.key = identity.load(config)
        self.client = GatewayClient(config.gateway_url, config.fingerprint, node_id=self.identity.node_id, key=self.key)
        self.book = OrderBook.load(config.home / "orders.json", self.identity.platform_key)
        self.office = Office(self.client)
        self.witness = Witness(
            config.home / "witness.jsonl", node_id=self.identity.node_id, signer=self.key, report=self.office.report
        )
        self.flows: dict[UUID, Flow] = {}
        self.streams: dict[UUID, ProviderStream] = {}
        self.reconciler = Reconciler(self)
        self.measurer = Measurer(dsn=config.exchange_dsn, node_id=self.identity.node_id, report=self.office.report)
        self._stopping = threading.Event()
        self._trouble = ""
        self._checks: dict[str, str] = {}
        self._alarmed: dict[str, float] = {}
        self._looked = 0.0
        self._started_at: datetime = clock.now()

    # ---- life -----------------------------------------------------------------------------------------------------------

    def run(self) -> int:
        """Work until SIGTERM or SIGINT; 0 if the end was clean."""
        with identity.held(self.config.home):
            end_on_signals(self._stopping)
            log.info("node %s (%s) starts", self.identity.node_name, self.identity.node_id)
            self.office.start()
            self._follow_book()
            threads = [threading.Thread(target=task, name=task.__name__, daemon=True) for task in (self._orders, self._beats)]
            for thread in threads:
                thread.start()
            # A bounded wait, so that the signal is handled at once on every platform.
            while not self._stopping.wait(1.0):
                pass
            clean = self._end(threads)
            log.info("node %s ends", self.identity.node_name)
            return 0 if clean else 1

    def stop(self) -> None:
        """Let `run` return."""
        self._stopping.set()

    def _end(self, threads: list[threading.Thread]) -> bool:
        until = time.monotonic() + END_WITHIN
        for flow in self.flows.values():
            flow.stop()
        self.office.stop(1.0)
        self.client.close()
        stoppers = [threading.Thread(target=stream.stop, daemon=True) for stream in self.streams.values()]
        for thread in stoppers:
            thread.start()
        for flow in self.flows.values():
            flow.join(max(0.1, until - time.monotonic()))
        for thread in (*stoppers, *threads):
            thread.join(max(0.1, until - time.monotonic()))
        self._write_status(running=False)
        return not any(thread.is_alive() for thread in (*stoppers, *threads))

    # ---- orders ---------------------------------------------------------------------------------------------------------

    def _orders(self) -> None:
        """Pull orders for ever."""
        delay = _FIRST_DELAY
        while not self._stopping.is_set():
            try:
                self._pull()
                delay = _FIRST_DELAY
            except errors.DataPlaneError as error:
                if self._stopping.is_set():
                    return
                if self._trouble != errors.in_words(error):
                    log.warning("orders cannot be pulled: %s", errors.in_words(error))
                self._trouble = errors.in_words(error)
                self._meet(error)
                self._stopping.wait(delay if isinstance(error, errors.Transient) else _TERMINAL_DELAY)
                delay = min(delay * 2, _LAST_DELAY)
            except Exception as error:
                log.error("orders: unexpected %s", errors.trace(error))
                self._stopping.wait(_LAST_DELAY)

    def _pull(self) -> None:
        """One long poll; what came is followed first and saved then, so that a crash between repeats it."""
        answer = self.client.orders(after=self.book.after, wait=ORDERS_WAIT)
        if self._trouble:
            log.info("orders are pulled again")
            self._trouble = ""
            for flow in self.flows.values():
                flow.nudge()
        news = False
        for signed in answer:
            try:
                order = self.book.take(signed)
            except errors.OrderForged as error:
                self.alarm(error.code(), errors.in_words(error))
                order = None
            if order is not None:
                self._obey(order)
                news = True
            if not isinstance(order, Lease) and '"kind":"lease"' not in signed.body:
                self.book.after, news = signed.id, True
        if news:
            self.book.save()

    def _follow_book(self) -> None:
        """At the start: everything that holds already."""
        if self.book.revoked:
            return
        for stream in list(self.book.streams.values()):
            self._open_stream(stream)
        for grant_id in list(self.book.grants):
            self._settle_grant(grant_id)
        for order in list(self.book.destructions.values()):
            self._obey(order)

    def _obey(self, order: Message) -> None:
        me = self.identity.node_id
        match order:
            case RevokeNode() if order.node_id == me:
                self._halt(order.reason)
            case OpenStream() if order.node_id == me:
                self._open_stream(order)
            case CloseStream() if order.node_id == me:
                self._close_stream(order.resource_id, drop=True)
            case OpenGrant():
                self._settle_grant(order.terms.grant_id)
                self._hand_grants(order.terms.resource_id)
            case SuspendGrant() | ResumeGrant() | EndGrant():
                self._settle_grant(order.grant_id)
                state = self.book.grants.get(order.grant_id)
                if state is not None:
                    self._hand_grants(state.order.terms.resource_id)
            case DestroyTable() if order.node_id == me:
                threading.Thread(target=self._destroy, args=(order,), name="destroy", daemon=True).start()
            case DescribeTable() if order.node_id == me:
                threading.Thread(target=self._describe, args=(order,), name="describe", daemon=True).start()
            case SurveySource() if order.node_id == me:
                threading.Thread(target=self._survey, args=(order,), name="survey", daemon=True).start()
            case TryMount() if order.node_id == me:
                threading.Thread(target=self._try_mount, args=(order,), name="trial", daemon=True).start()
            case Reconcile():
                self.reconciler.start(order)
            case Lease():
                self.witness.see(order)
                for flow in self.flows.values():
                    if flow.state == "suspended":
                        flow.nudge()
            case _:
                pass

    def _settle_grant(self, grant_id: UUID) -> None:
        """Let the grant's flow be what the book says."""
        state = self.book.grants.get(grant_id)
        if state is None or state.order.consumer_node_id != self.identity.node_id:
            return
        flow = self.flows.get(grant_id)
        if flow is None:
            flow = self.flows[grant_id] = Flow(
                grant=state.order, source=self.client, target=PostgresTarget(self.config.exchange_dsn),
                gateway_key=self.identity.gateway_key, signer=self.key, node_id=self.identity.node_id, office=self.office,
            )  # fmt: skip
            self._apply_state(flow, state.suspended, state.ended)
            flow.start()
            return
        flow.revise(state.order)
        self._apply_state(flow, state.suspended, state.ended)

    def _apply_state(self, flow: Flow, suspended: str, ended: str) -> None:
        if ended:
            flow.end(ended)
        elif suspended:
            flow.suspend(suspended)
        else:
            flow.resume()

    def _open_stream(self, order: OpenStream) -> None:
        running = self.streams.get(order.resource_id)
        if running is not None:
            if running.order == order:
                return
            self._close_stream(order.resource_id, drop=False)
        if self.config.source_dsn is None:
            self.alarm(
                "source_missing",
                Sentence("{path} names no [source] dsn, but a stream was ordered.", path=self.config.path),
                order.resource_id,
            )
            return
        stream = ProviderStream(
            order=order, source_dsn=self.config.source_dsn, exchange_dsn=self.config.exchange_dsn, client=self.client,
            signer=self.key, report=self.office.report, home=self.config.home,
        )  # fmt: skip
        self.streams[order.resource_id] = stream
        self._hand_grants(order.resource_id)
        stream.start()

    def _close_stream(self, resource_id: UUID, *, drop: bool) -> None:
        stream = self.streams.pop(resource_id, None)
        if stream is not None:
            stream.stop(drop=drop)

    def _hand_grants(self, resource_id: UUID) -> None:
        """Tell the resource's stream which grants are open."""
        stream = self.streams.get(resource_id)
        if stream is not None:
            me = self.identity.node_id
            states = {
                grant_id: state
                for grant_id, state in self.book.grants.items()
                if state.order.terms.resource_id == resource_id and state.order.provider_node_id == me and not state.ended
            }
            orders = {grant_id: state.order for grant_id, state in states.items()}
            stream.set_grants(orders, {grant_id: state.since for grant_id, state in states.items()})

    def _halt(self, reason: str) -> None:
        """The node's key is void: nothing moves any more, the program stays and says why."""
        words = Sentence("This node was revoked: {reason}.", reason=reason)
        log.error("%s", words)
        self._trouble = words
        for resource_id in list(self.streams):
            self._close_stream(resource_id, drop=False)
        for flow in self.flows.values():
            flow.suspend(words)

    def _describe(self, order: DescribeTable) -> None:
        """Answer with the shape of a table of the source database."""
        columns: Any = ()
        rows, problem = 0, ""
        try:
            if self.config.source_dsn is None:
                raise errors.ConfigurationWrong("{path} names no [source] dsn.", path=self.config.path)
            found = describe_table(self.config.source_dsn, order.table)
            columns, rows, problem = found.columns, found.rows, found.problem
        except errors.DataPlaneError as error:
            problem = errors.in_words(error)
        except Exception as error:
            log.error("describe %s: unexpected %s", order.table, errors.trace(error))
            problem = Sentence("Unexpected {said}; the node's log says where.", said=type(error).__name__)
        self.office.report(
            TableDescribed(
                request_id=order.request_id,
                node_id=self.identity.node_id,
                table=order.table,
                columns=columns,
                rows=rows,
                problem=problem,
                at=clock.now(),
            )
        )

    def _survey(self, order: SurveySource) -> None:
        """Answer with the tables of the source database, in parts."""
        problem, total = "", 0
        told: list[tuple[SurveyedTable, ...]] = [()]
        try:
            if self.config.source_dsn is None:
                raise errors.ConfigurationWrong("{path} names no [source] dsn.", path=self.config.path)
            found = survey.survey(self.config.source_dsn)
            told, total = list(survey.parts(found)), found.total
        except errors.DataPlaneError as error:
            problem = errors.in_words(error)
        except Exception as error:
            log.error("survey: unexpected %s", errors.trace(error))
            problem = Sentence("Unexpected {said}; the node's log says where.", said=type(error).__name__)
        for number, part in enumerate(told, start=1):
            self.office.report(
                TablesSurveyed(
                    request_id=order.request_id, node_id=self.identity.node_id, part=number, parts=len(told), tables=part,
                    total=total, problem=problem, at=clock.now(),
                )
            )  # fmt: skip

    def _try_mount(self, order: TryMount) -> None:
        """Try a table, an API or a file at mounting; masked rows go to the gateway, the steps to the platform."""
        steps: tuple[MountStep, ...]
        rows = 0
        try:
            steps, rows = try_place(
                self.config, order, lambda given: self.client.post_json(f"trials/{order.request_id}", given)
            )
        except errors.DataPlaneError as error:
            steps = (MountStep(step="reachable", problem=errors.in_words(error)),)
        except Exception as error:
            log.error("trial of %s: unexpected %s", order.table, errors.trace(error))
            said = Sentence("The node could not finish the test because of a fault of its own; its log says where.")
            steps = (MountStep(step="reachable", problem=said),)
        self.office.report(
            MountTried(
                request_id=order.request_id, node_id=self.identity.node_id, steps=steps, rows=rows, at=clock.now()
            )
        )  # fmt: skip

    def _destroy(self, order: DestroyTable) -> None:
        """Destroy what was received under an ended grant, and sign what was done; nothing while the grant is open."""
        state = self.book.grants.get(order.grant_id)
        if state is not None and not state.ended:
            said = TableDestroyed(
                request_id=order.request_id, grant_id=order.grant_id, node_id=order.node_id, table="", rows=0,
                problem=NOT_ENDED, detail="", at=clock.now(),
            )  # fmt: skip
        else:
            if (flow := self.flows.get(order.grant_id)) is not None:
                flow.join(END_WITHIN)
            said = destroy(self.config.exchange_dsn, order)
        log.info("grant %s: %s", order.grant_id, said.problem or f"{said.rows} rows of {said.table} destroyed as ordered")
        self.office.report(dataclasses.replace(said, signature=self.key.sign(said.signed_bytes())))

    def _meet(self, error: errors.DataPlaneError) -> None:
        match error:
            case errors.NodeRevoked():
                if not self.book.revoked:
                    self.book.revoked = errors.in_words(error)
                    self._halt(errors.in_words(error))
            case errors.ClockSkewed() | errors.FingerprintMismatch():
                self.alarm(error.code(), errors.in_words(error))
            case _:
                pass

    # ---- what is told ---------------------------------------------------------------------------------------------------

    def alarm(self, code: str, detail: str, resource_id: UUID | None = None) -> None:
        """Tell the platform that a person must look; the same at most every ten minutes."""
        if time.monotonic() < self._alarmed.get(code, -1e9) + 600:
            return
        self._alarmed[code] = time.monotonic()
        log.warning("%s: %s", code, detail)
        self.office.report(
            Alarm(code=code, node_id=self.identity.node_id, resource_id=resource_id, detail=detail, at=clock.now())
        )

    def _beats(self) -> None:
        """A heartbeat every few seconds, and the status file."""
        while True:
            with suppress(OSError):
                self._look()
                live = {key: one.order for key, one in list(self.streams.items()) if one.status()["state"] == "live"}
                self.measurer.look(live)
                self.office.report(
                    NodeSeen(
                        node_id=self.identity.node_id, software=identity.software(), checks=dict(self._checks), at=clock.now()
                    )
                )
            for _ in range(int(HEARTBEAT)):
                with suppress(OSError):
                    self._write_status(running=True)
                if self._stopping.wait(1.0):
                    return

    def _look(self) -> None:
        """How the node's surroundings are, in words."""
        skew = self.client.skew
        if skew is not None and abs(skew) > SKEW:
            self._checks["clock"] = Sentence(
                "The gateway's clock is {seconds} seconds ahead of this machine's.", seconds=f"{skew:+.0f}"
            )
            self.alarm(
                "clock_skewed",
                Sentence.joined(self._checks["clock"], errors.ClockSkewed.advice),
            )
        else:
            self._checks["clock"] = "ok"
        if time.monotonic() >= self._looked + DATABASE_LOOK:
            self._looked = time.monotonic()
            for name, dsn in (("source", self.config.source_dsn), ("exchange", self.config.exchange_dsn)):
                if dsn is not None:
                    self._checks[name] = _reachable(dsn)
        failed = [flow.detail for flow in self.flows.values() if flow.state == "failed"]
        self._checks["flows"] = failed[0] if failed else "ok"
        self._checks["orders"] = self._trouble or "ok"

    def status(self, *, running: bool) -> dict[str, Any]:
        """Everything `gongxiang node status` shows."""
        lease = self.book.lease_until()
        return {
            "node": self.identity.node_name,
            "node_id": str(self.identity.node_id),
            "running": running,
            "pid": os.getpid(),
            "started_at": instant(self._started_at),
            "at": instant(clock.now()),
            "gateway": self._trouble or self.office.trouble or "ok",
            "checks": self._checks,
            "orders_until": instant(lease) if lease else None,
            "evidence_size": self.witness.size,
            "streams": [stream.status() for stream in list(self.streams.values())],
            "flows": [flow.status() for flow in list(self.flows.values())],
        }

    def _write_status(self, *, running: bool) -> None:
        text = json.dumps(self.status(running=running), ensure_ascii=False, indent=1, default=str)
        identity.write_atomically(self.config.home / "status.json", text, durable=False)


def _reachable(dsn: str) -> str:
    """`ok`, or why the database cannot be used; never with its password."""
    try:
        with psycopg.connect(dsn, connect_timeout=5, application_name="gongxiang node check") as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        said = str(error).strip().splitlines()
        return Sentence("The database cannot be used: {said}", said=said[-1] if said else type(error).__name__)
    return "ok"
