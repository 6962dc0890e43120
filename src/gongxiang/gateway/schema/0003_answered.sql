-- The segment with the changed record of a claim, until the rows that calls are answered from have taken it.
ALTER TABLE exchange.claims ADD COLUMN IF NOT EXISTS answer_seq bigint;
