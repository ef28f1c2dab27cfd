-- Pages that articles were read from. While an article is young its page is looked at
-- again, for what a newsroom corrects there shows in no feed.
CREATE TABLE page (
    source_id     INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    address       TEXT NOT NULL,
    key           TEXT NOT NULL,         -- its item's
    since         TEXT NOT NULL,         -- from when the article's age counts
    looked        TEXT NOT NULL,         -- when it was last asked for
    due           TEXT,                  -- when it is looked at again; NULL: not any more
    etag          TEXT,
    last_modified TEXT,
    said          TEXT,                  -- the item that its feed gave, JSON
    reason        TEXT,                  -- why nothing came of the last look
    gone          TEXT,                  -- since when it is not there any more
    PRIMARY KEY (source_id, address)
) WITHOUT ROWID;
CREATE INDEX page_due ON page (due) WHERE due IS NOT NULL;
CREATE INDEX page_item ON page (source_id, key);

-- What is young already, whatever its server and its feed said of it.
INSERT OR IGNORE INTO page (source_id, address, key, since, looked, due)
SELECT i.source_id, a.url, i.key, a.first_seen, a.first_seen, a.first_seen
FROM article a
JOIN item i ON i.article_id = a.id AND i.source_id = a.source_id
JOIN source s ON s.id = a.source_id AND s.kind = 'feed'
JOIN revision r ON r.article_id = a.id AND r.number = a.revision
WHERE a.state = 'kept' AND a.url LIKE 'http%'
    AND a.first_seen > strftime('%Y-%m-%dT%H:%M:%S+00:00', 'now', '-7 days')
    AND (r.published IS NULL OR r.published > date('now', '-8 days'))
    AND EXISTS (
        SELECT 1 FROM json_each(r.evidence) e
        WHERE json_extract(e.value, '$.field') = 'text'
            AND json_extract(e.value, '$.origin') LIKE 'page:%'
    );

-- Whether the user wants the pages of a source looked at again.
ALTER TABLE source ADD COLUMN revisit INTEGER NOT NULL DEFAULT 1;

-- Hours of the week, from Monday midnight GMT, in which the feed does not want to be asked.
ALTER TABLE source ADD COLUMN skips TEXT NOT NULL DEFAULT '[]';  -- JSON array

-- Hosts that asked to be left alone longer than a run lasts.
CREATE TABLE resting_host (
    name       TEXT PRIMARY KEY,
    not_before TEXT NOT NULL
) WITHOUT ROWID;
