-- A version may be deposited by a person of the provider with a ticket; then no node did.
ALTER TABLE exchange.files ALTER COLUMN node_id DROP NOT NULL;
