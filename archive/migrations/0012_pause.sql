-- Since when a source is not read, because the user said so.
ALTER TABLE source ADD COLUMN paused TEXT;
