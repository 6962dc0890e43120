-- The node's number of the attempt by which a version was deposited: an attempt is taken once, however often it is sent.
ALTER TABLE exchange.files ADD COLUMN IF NOT EXISTS deposit_id uuid;
CREATE UNIQUE INDEX IF NOT EXISTS files_attempt ON exchange.files (resource_id, node_id, deposit_id) WHERE version IS NOT NULL;
