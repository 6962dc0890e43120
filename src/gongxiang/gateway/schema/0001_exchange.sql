-- The gateway's own tables. Run by `gongxiang migrate` as gx_owner, repeatable; only gx_gateway may use them.
CREATE SCHEMA IF NOT EXISTS exchange;

-- Codes that were used, and the key each brought; a code's digest is its primary key, so it works once.
CREATE TABLE IF NOT EXISTS exchange.enrolments (
  code_digest text PRIMARY KEY,
  node_id     uuid NOT NULL,
  public_key  text NOT NULL,
  host        text NOT NULL,
  software    text NOT NULL,
  enrolled_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS enrolments_node ON exchange.enrolments (node_id, enrolled_at);

-- In which order the platform's orders became visible here: an order's number is not its commit order, and nodes have a cursor.
CREATE TABLE IF NOT EXISTS exchange.order_places (
  order_id  bigint PRIMARY KEY,
  place     bigint NOT NULL UNIQUE,
  lease     boolean NOT NULL,
  placed_at timestamptz NOT NULL
);
-- The gateway's own word, under its master key, that it has verified the order and marked its grant: a later start need not again.
ALTER TABLE exchange.order_places ADD COLUMN IF NOT EXISTS voucher bytea;

-- Where each resource's chain ends. Its row is locked by every append, so sequence order is commit order.
CREATE TABLE IF NOT EXISTS exchange.streams (
  resource_id    uuid PRIMARY KEY,
  epoch          integer NOT NULL,
  seq            bigint NOT NULL,
  digest         text NOT NULL,
  position       text NOT NULL,
  schema_version integer NOT NULL,
  fingerprint    text NOT NULL,            -- of the elements of the epoch
  updated_at     timestamptz NOT NULL
);

CREATE TABLE IF NOT EXISTS exchange.segments (
  resource_id uuid NOT NULL,
  seq         bigint NOT NULL,
  kind        text NOT NULL,
  targets     text[] NOT NULL,
  digest      text NOT NULL,
  header      bytea NOT NULL,              -- exactly what was signed
  signature   text NOT NULL,
  body        bytea,                       -- small bodies
  object      text,                        -- else the body's name in the object store
  size        integer NOT NULL,
  received_at timestamptz NOT NULL,
  PRIMARY KEY (resource_id, seq),
  CONSTRAINT segments_body_somewhere CHECK ((body IS NULL) <> (object IS NULL))
);
-- Bodies are compressed already.
ALTER TABLE exchange.segments ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX IF NOT EXISTS segments_begins ON exchange.segments (resource_id, seq) WHERE kind = 'begin';
CREATE INDEX IF NOT EXISTS segments_age ON exchange.segments (received_at);

-- Where a resource's stream stood when the present projection of a grant was first seen: only a later `begin` serves it.
CREATE TABLE IF NOT EXISTS exchange.grant_marks (
  grant_id   uuid PRIMARY KEY,
  revision   integer NOT NULL,             -- the first revision with this projection
  projection text NOT NULL,
  since_seq  bigint NOT NULL,
  marked_at  timestamptz NOT NULL
);

-- The newest receipt of each grant: the cursor, and the start of the grant's chain after a restart.
CREATE TABLE IF NOT EXISTS exchange.receipts (
  grant_id      uuid PRIMARY KEY,
  revision      integer NOT NULL,
  epoch         integer NOT NULL,
  seq           bigint NOT NULL,
  digest        text NOT NULL,
  body          text NOT NULL,             -- canonical, with the signature
  received_at   timestamptz NOT NULL,
  told          boolean NOT NULL           -- whether the platform has it as a fact
);

-- Secrets behind pseudonyms, one per consumer and key version, sealed with the master key.
CREATE TABLE IF NOT EXISTS exchange.consumer_secrets (
  consumer_id uuid NOT NULL,
  key_version integer NOT NULL,
  sealed      bytea NOT NULL,
  made_at     timestamptz NOT NULL,
  PRIMARY KEY (consumer_id, key_version)
);

CREATE TABLE IF NOT EXISTS exchange.tickets_used (
  ticket_id uuid PRIMARY KEY,
  used_at   timestamptz NOT NULL
);

-- How much of each grant was taken on each day in Beijing; the row is locked by every call that has a volume limit.
CREATE TABLE IF NOT EXISTS exchange.volume_used (
  grant_id uuid NOT NULL,
  day      date NOT NULL,
  calls    bigint NOT NULL,
  rows     bigint NOT NULL,
  PRIMARY KEY (grant_id, day)
);

-- What two nodes tell each other while they reconcile: digests only.
CREATE TABLE IF NOT EXISTS exchange.digests (
  request_id uuid NOT NULL,
  node_id    uuid NOT NULL,
  step       text NOT NULL,
  grant_id   uuid NOT NULL,
  body       text NOT NULL,
  posted_at  timestamptz NOT NULL,
  PRIMARY KEY (request_id, node_id, step)
);

-- Key and values of doubtful records, sealed with the master key; `looked_seq` is how far the stream was looked through for them.
CREATE TABLE IF NOT EXISTS exchange.claims (
  claim_id    uuid PRIMARY KEY,
  grant_id    uuid NOT NULL,
  resource_id uuid NOT NULL,
  sealed      bytea NOT NULL,
  looked_seq  bigint NOT NULL,
  posted_at   timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS claims_resource ON exchange.claims (resource_id, looked_seq);
