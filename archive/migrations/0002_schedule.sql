-- What the user wants of a source, and when it is to be asked again.
ALTER TABLE source ADD COLUMN full_text TEXT NOT NULL DEFAULT 'auto'
    CHECK (full_text IN ('auto', 'yes', 'no'));
ALTER TABLE source ADD COLUMN interval INTEGER;             -- seconds, as the user set it
ALTER TABLE source ADD COLUMN period INTEGER;               -- seconds, as the feed itself says
ALTER TABLE source ADD COLUMN due TEXT;                     -- not to be asked before
ALTER TABLE source ADD COLUMN held TEXT;                    -- likewise, by its server's word
ALTER TABLE source ADD COLUMN failing INTEGER NOT NULL DEFAULT 0;  -- failures in a row
ALTER TABLE source ADD COLUMN retired TEXT;                 -- since when it is gone for good
