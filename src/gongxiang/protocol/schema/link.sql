-- The two one-way tables between platform and data plane. Run by `gongxiang migrate`; roles gx_site and gx_gateway exist.
CREATE SCHEMA IF NOT EXISTS link;

CREATE TABLE IF NOT EXISTS link.orders (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind       text NOT NULL,
  node_ids   uuid[] NOT NULL DEFAULT '{}',      -- nodes that the gateway passes the order on to
  issued_at  timestamptz NOT NULL,
  body       text NOT NULL,                     -- canonical JSON
  key_id     text NOT NULL,
  signature  text NOT NULL                      -- over id, issued_at and body (protocol.messages.order_bytes)
);
CREATE INDEX IF NOT EXISTS orders_commit_order ON link.orders (xid, id);

CREATE TABLE IF NOT EXISTS link.facts (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
  kind       text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  body       text NOT NULL
);
CREATE INDEX IF NOT EXISTS facts_commit_order ON link.facts (xid, id);

CREATE OR REPLACE FUNCTION link.announce() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('gx_' || TG_TABLE_NAME, '');
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION link.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'link.% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER announce AFTER INSERT ON link.orders FOR EACH STATEMENT EXECUTE FUNCTION link.announce();
CREATE OR REPLACE TRIGGER announce AFTER INSERT ON link.facts FOR EACH STATEMENT EXECUTE FUNCTION link.announce();
CREATE OR REPLACE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON link.orders EXECUTE FUNCTION link.refuse_change();

GRANT USAGE ON SCHEMA link TO gx_site, gx_gateway;
GRANT SELECT, INSERT ON link.orders TO gx_site;
GRANT USAGE ON SEQUENCE link.orders_id_seq TO gx_site;
GRANT SELECT ON link.orders TO gx_gateway;
GRANT SELECT ON link.facts TO gx_site;
GRANT SELECT, INSERT ON link.facts TO gx_gateway;
