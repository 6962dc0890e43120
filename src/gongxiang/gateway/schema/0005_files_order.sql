-- The order under which a version was deposited: a later order that closes the resource ends it, even when it is opened anew.
ALTER TABLE exchange.files ADD COLUMN IF NOT EXISTS accepted_by bigint NOT NULL DEFAULT 0;
