-- How many articles there are, counted as they come and go: by source as articles name it, by
-- day ('2024-06-20', '2024-06', '' for undated) and by what brought them (0 for nothing known).
CREATE TABLE holding (
    source    TEXT NOT NULL,
    day       TEXT NOT NULL,
    source_id INTEGER NOT NULL,
    articles  INTEGER NOT NULL,
    PRIMARY KEY (source, day, source_id)
) WITHOUT ROWID;

-- Where each article that is shown counts; the triggers are the only writers of `holding`.
CREATE VIEW counted AS
    SELECT a.id, r.number, r.source, coalesce(substr(r.published, 1, 10), '') AS day,
        coalesce(a.source_id, 0) AS source_id
    FROM article a JOIN revision r ON r.article_id = a.id AND r.number = a.revision
    WHERE a.state = 'kept';

INSERT INTO holding SELECT source, day, source_id, count(*) FROM counted GROUP BY 1, 2, 3;

CREATE TRIGGER holding_article_before BEFORE UPDATE OF revision, source_id, state ON article
BEGIN
    UPDATE holding SET articles = articles - 1 WHERE (source, day, source_id)
        = (SELECT source, day, source_id FROM counted WHERE id = old.id);
END;
CREATE TRIGGER holding_article_after AFTER UPDATE OF revision, source_id, state ON article
BEGIN
    INSERT INTO holding SELECT source, day, source_id, 1 FROM counted WHERE id = new.id
        ON CONFLICT DO UPDATE SET articles = articles + 1;
END;
CREATE TRIGGER holding_revision_new AFTER INSERT ON revision
BEGIN
    INSERT INTO holding SELECT source, day, source_id, 1 FROM counted
        WHERE id = new.article_id AND number = new.number
        ON CONFLICT DO UPDATE SET articles = articles + 1;
END;
CREATE TRIGGER holding_revision_before BEFORE UPDATE OF source, published ON revision
BEGIN
    UPDATE holding SET articles = articles - 1 WHERE (source, day, source_id)
        = (SELECT source, day, source_id FROM counted
            WHERE id = old.article_id AND number = old.number);
END;
CREATE TRIGGER holding_revision_after AFTER UPDATE OF source, published ON revision
BEGIN
    INSERT INTO holding SELECT source, day, source_id, 1 FROM counted
        WHERE id = new.article_id AND number = new.number
        ON CONFLICT DO UPDATE SET articles = articles + 1;
END;
CREATE TRIGGER holding_none AFTER UPDATE ON holding WHEN new.articles = 0
BEGIN
    DELETE FROM holding
        WHERE (source, day, source_id) = (new.source, new.day, new.source_id);
END;

-- Why the text of an article, as it is now, looks cut. Decided by `archive/cut.py` when the
-- article is put; a step that follows a change of that rule has to decide anew.
CREATE TABLE cut_text (
    article_id TEXT PRIMARY KEY REFERENCES article (id),
    why        TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO cut_text
    SELECT a.id, looks_cut(substr(r.text, -160)) AS why
    FROM article a JOIN revision r ON r.article_id = a.id AND r.number = a.revision
    WHERE a.state = 'kept' AND why IS NOT NULL;

DROP INDEX revision_day;
DROP INDEX revision_open_end;

-- When a source as a whole could not be read, and works again: the reason of old gaps.
CREATE TABLE failure_span (
    source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    began     TEXT NOT NULL,
    ended     TEXT NOT NULL,
    reason    TEXT NOT NULL,
    PRIMARY KEY (source_id, began)
) WITHOUT ROWID;
