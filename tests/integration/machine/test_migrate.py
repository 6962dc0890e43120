"""`gongxiang migrate`: each program reaches its own schema and nothing of the other's."""

import psycopg
import pytest
from django.db import connection, transaction

from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.link import issue_order
from gongxiang.protocol import clock, signing
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.messages import ResumeGrant, order_bytes


def test_gateway_cannot_read_the_sites_tables(database):
    with psycopg.connect(database.url_for("gx_gateway")) as gateway, pytest.raises(psycopg.errors.InsufficientPrivilege):
        gateway.execute("SELECT 1 FROM public.evidence_evidencerecord")


def test_site_cannot_read_the_gateways_schema(database):
    with psycopg.connect(database.url) as administrator:
        administrator.execute("CREATE TABLE exchange.probe (id int)")
    with psycopg.connect(database.url_for("gx_site")) as site, pytest.raises(psycopg.errors.InsufficientPrivilege):
        site.execute("SELECT 1 FROM exchange.probe")


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("gx_gateway", "INSERT INTO link.orders (kind, issued_at, body, key_id, signature) VALUES ('x', now(), '', '', '')"),
        ("gx_site", "INSERT INTO link.facts (kind, body) VALUES ('x', '')"),
        ("gx_site", "DELETE FROM link.orders"),
        ("gx_site", "TRUNCATE evidence_evidencerecord"),
        ("gx_site", "CREATE TABLE public.mine (id int)"),
        ("gx_site", "ALTER TABLE evidence_evidencerecord DISABLE TRIGGER ALL"),
        ("gx_gateway", "CREATE TABLE link.mine (id int)"),
    ],
)
def test_what_a_program_may_not_do(database, role, statement):
    with psycopg.connect(database.url_for(role)) as program, pytest.raises(psycopg.errors.InsufficientPrivilege):
        program.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_an_order_is_signed_and_announced(site_database):
    order = ResumeGrant(grant_id=new_id())
    with psycopg.connect(site_database.url_for("gx_gateway"), autocommit=True) as gateway:
        gateway.execute("LISTEN gx_orders")
        with transaction.atomic():
            number = issue_order(order, node_ids=[new_id()], at=clock.now())
        assert next(gateway.notifies(timeout=60)).channel == "gx_orders"
        query = "SELECT issued_at, body, signature FROM link.orders WHERE id = %s"
        issued_at, body, signature = gateway.execute(query, (number,)).fetchone()
    signed = order_bytes(number=number, issued_at=issued_at, body=body)
    assert signing.verify(Keyring.from_environment().public_key("platform"), signed, signature)


@pytest.mark.django_db(transaction=True)
def test_an_order_needs_the_acts_transaction():
    with pytest.raises(transaction.TransactionManagementError):
        issue_order(ResumeGrant(grant_id=new_id()), node_ids=[], at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_the_site_works_as_its_own_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("gx_site",)
