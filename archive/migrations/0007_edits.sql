-- How many of an article's revisions changed what it says. The others only had
-- it more fully: a feed's teaser first, then the page.
ALTER TABLE article ADD COLUMN edits INTEGER NOT NULL DEFAULT 0;
UPDATE article SET edits = revision - 1;
