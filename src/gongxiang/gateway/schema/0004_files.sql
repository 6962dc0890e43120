-- Versions of files (文件) that providers' nodes deposited; the content lies sealed in the object store.
CREATE TABLE IF NOT EXISTS exchange.files (
  file_id      uuid PRIMARY KEY,
  resource_id  uuid NOT NULL,
  version      integer,                    -- NULL while its content is being written
  node_id      uuid NOT NULL,
  form         text NOT NULL,
  size         integer NOT NULL,
  digest       text NOT NULL,
  rows         integer,                    -- of a table
  elements     text NOT NULL,              -- canonical JSON: the elements a table holds; of another form all of the order
  object       text,                       -- NULL once it is gone from the store
  taken_at     timestamptz NOT NULL,
  destroyed_at timestamptz,
  why          text,
  UNIQUE (resource_id, version)
);
