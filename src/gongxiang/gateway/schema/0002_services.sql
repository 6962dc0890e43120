-- What is served by interface (接口): the present rows of resources of which a grant is served so, built from their segments.
-- One state per load; `seq` is how far the stream was applied to its rows, in the same commit as they.
CREATE TABLE IF NOT EXISTS exchange.service_states (
  resource_id uuid NOT NULL,
  begin_seq   bigint NOT NULL,
  epoch       integer NOT NULL,
  elements    text NOT NULL,               -- canonical JSON of the load's elements
  seq         bigint NOT NULL,
  ready       boolean NOT NULL,            -- the load is whole
  PRIMARY KEY (resource_id, begin_seq)
);

CREATE TABLE IF NOT EXISTS exchange.service_rows (
  resource_id uuid NOT NULL,
  begin_seq   bigint NOT NULL,
  key         bytea NOT NULL,              -- SHA-256 of the key elements' texts
  body        text NOT NULL,               -- canonical JSON: text of each element by code
  tokens      bigint[] NOT NULL,           -- of each value, for finding; what is found is compared again
  PRIMARY KEY (resource_id, begin_seq, key)
);
CREATE INDEX IF NOT EXISTS service_rows_tokens ON exchange.service_rows USING gin (tokens);
