-- When the source last changed the article, as the source says it; ISO 8601 as `published` is.
ALTER TABLE revision ADD COLUMN updated TEXT;
