-- The seal of each article (number 0), of each of its revisions (its number), and of what that
-- was read from (its number, negative): what `archive/store/seal.py` makes of all their values.
-- Rows of `article` and `revision` never go, so a seal without its row is damage, too.
CREATE TABLE seal (
    article_id TEXT NOT NULL,
    number     INTEGER NOT NULL,
    value      INTEGER NOT NULL,
    PRIMARY KEY (article_id, number)
) WITHOUT ROWID;

CREATE VIEW sealed_article AS
    SELECT a.id, seal_of(a.id, a.url, a.source_id, a.first_seen, a.revision, a.state, a.seq,
        a.edits, a.story, (SELECT json_group_array(rule) FROM
            (SELECT rule FROM topic_match WHERE article_id = a.id ORDER BY rule))) AS value
    FROM article a;
CREATE VIEW sealed_revision AS
    SELECT r.article_id, r.number, seal_of(r.article_id, r.number, r.seen, r.fingerprint,
        r.source, r.headline, r.text, r.agency, r.byline, r.dateline, r.published, r.updated,
        r.language, r.section, r.topics, r.caption, r.credits, r.link, r.evidence,
        r.media_type) AS value
    FROM revision r;

INSERT INTO seal SELECT id, 0, value FROM sealed_article;
INSERT INTO seal SELECT article_id, number, value FROM sealed_revision;
INSERT INTO seal SELECT article_id, -number, seal_of(original) FROM revision;

CREATE TRIGGER seal_article_new AFTER INSERT ON article
BEGIN
    INSERT INTO seal SELECT id, 0, value FROM sealed_article WHERE id = new.id
        ON CONFLICT DO UPDATE SET value = excluded.value;
END;
CREATE TRIGGER seal_article_changed AFTER UPDATE ON article
BEGIN
    INSERT INTO seal SELECT id, 0, value FROM sealed_article WHERE id = new.id
        ON CONFLICT DO UPDATE SET value = excluded.value;
END;
CREATE TRIGGER seal_revision_new AFTER INSERT ON revision
BEGIN
    INSERT INTO seal SELECT article_id, number, value FROM sealed_revision
        WHERE article_id = new.article_id AND number = new.number
        ON CONFLICT DO UPDATE SET value = excluded.value;
    INSERT INTO seal VALUES (new.article_id, -new.number, seal_of(new.original))
        ON CONFLICT DO UPDATE SET value = excluded.value;
END;
CREATE TRIGGER seal_revision_changed AFTER UPDATE ON revision
BEGIN
    INSERT INTO seal SELECT article_id, number, value FROM sealed_revision
        WHERE article_id = new.article_id AND number = new.number
        ON CONFLICT DO UPDATE SET value = excluded.value;
    INSERT INTO seal VALUES (new.article_id, -new.number, seal_of(new.original))
        ON CONFLICT DO UPDATE SET value = excluded.value;
END;
CREATE TRIGGER seal_rule_new AFTER INSERT ON topic_match
BEGIN
    INSERT INTO seal SELECT id, 0, value FROM sealed_article WHERE id = new.article_id
        ON CONFLICT DO UPDATE SET value = excluded.value;
END;
CREATE TRIGGER seal_rule_gone AFTER DELETE ON topic_match
BEGIN
    INSERT INTO seal SELECT id, 0, value FROM sealed_article WHERE id = old.article_id
        ON CONFLICT DO UPDATE SET value = excluded.value;
END;

-- Small tables that are read whole: how many rows they have, and a fold of what these say.
CREATE TABLE guard (
    name TEXT PRIMARY KEY,
    rows INTEGER NOT NULL,
    fold INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO guard SELECT 'source', count(*), coalesce(
    folding(id, kind, address, name, title, topics, added, full_text, interval, revisit,
        paused, retired), 0)
    FROM source;
CREATE TRIGGER guard_source_new AFTER INSERT ON source
BEGIN
    UPDATE guard SET rows = rows + 1, fold =
        folded(fold, new.id, new.kind, new.address, new.name, new.title, new.topics,
            new.added, new.full_text, new.interval, new.revisit, new.paused, new.retired)
        WHERE name = 'source';
END;
CREATE TRIGGER guard_source_changed AFTER UPDATE ON source
BEGIN
    UPDATE guard SET fold = folded(
        folded(fold, old.id, old.kind, old.address, old.name, old.title, old.topics,
            old.added, old.full_text, old.interval, old.revisit, old.paused, old.retired),
        new.id, new.kind, new.address, new.name, new.title, new.topics, new.added,
            new.full_text, new.interval, new.revisit, new.paused, new.retired)
        WHERE name = 'source';
END;
CREATE TRIGGER guard_source_gone AFTER DELETE ON source
BEGIN
    UPDATE guard SET rows = rows - 1, fold =
        folded(fold, old.id, old.kind, old.address, old.name, old.title, old.topics,
            old.added, old.full_text, old.interval, old.revisit, old.paused, old.retired)
        WHERE name = 'source';
END;

INSERT INTO guard SELECT 'saved_search', count(*), coalesce(
    folding(id, name, asked, place, made, alert, highest, seen, sent), 0)
    FROM saved_search;
CREATE TRIGGER guard_saved_search_new AFTER INSERT ON saved_search
BEGIN
    UPDATE guard SET rows = rows + 1, fold =
        folded(fold, new.id, new.name, new.asked, new.place, new.made, new.alert,
            new.highest, new.seen, new.sent)
        WHERE name = 'saved_search';
END;
CREATE TRIGGER guard_saved_search_changed AFTER UPDATE ON saved_search
BEGIN
    UPDATE guard SET fold = folded(
        folded(fold, old.id, old.name, old.asked, old.place, old.made, old.alert,
            old.highest, old.seen, old.sent),
        new.id, new.name, new.asked, new.place, new.made, new.alert, new.highest, new.seen,
            new.sent)
        WHERE name = 'saved_search';
END;
CREATE TRIGGER guard_saved_search_gone AFTER DELETE ON saved_search
BEGIN
    UPDATE guard SET rows = rows - 1, fold =
        folded(fold, old.id, old.name, old.asked, old.place, old.made, old.alert,
            old.highest, old.seen, old.sent)
        WHERE name = 'saved_search';
END;

INSERT INTO guard SELECT 'holding', count(*), coalesce(
    folding(source, day, source_id, articles), 0)
    FROM holding;
CREATE TRIGGER guard_holding_new AFTER INSERT ON holding
BEGIN
    UPDATE guard SET rows = rows + 1, fold =
        folded(fold, new.source, new.day, new.source_id, new.articles)
        WHERE name = 'holding';
END;
CREATE TRIGGER guard_holding_changed AFTER UPDATE ON holding
BEGIN
    UPDATE guard SET fold = folded(
        folded(fold, old.source, old.day, old.source_id, old.articles),
        new.source, new.day, new.source_id, new.articles)
        WHERE name = 'holding';
END;
CREATE TRIGGER guard_holding_gone AFTER DELETE ON holding
BEGIN
    UPDATE guard SET rows = rows - 1, fold =
        folded(fold, old.source, old.day, old.source_id, old.articles)
        WHERE name = 'holding';
END;

INSERT INTO guard SELECT 'cut_text', count(*), coalesce(
    folding(article_id, why), 0)
    FROM cut_text;
CREATE TRIGGER guard_cut_text_new AFTER INSERT ON cut_text
BEGIN
    UPDATE guard SET rows = rows + 1, fold =
        folded(fold, new.article_id, new.why)
        WHERE name = 'cut_text';
END;
CREATE TRIGGER guard_cut_text_changed AFTER UPDATE ON cut_text
BEGIN
    UPDATE guard SET fold = folded(
        folded(fold, old.article_id, old.why),
        new.article_id, new.why)
        WHERE name = 'cut_text';
END;
CREATE TRIGGER guard_cut_text_gone AFTER DELETE ON cut_text
BEGIN
    UPDATE guard SET rows = rows - 1, fold =
        folded(fold, old.article_id, old.why)
        WHERE name = 'cut_text';
END;

-- Who wrote which part of the sequence of changes: from `seq` on, until the next row. A store
-- that was restored and written to again has other marks than the one that it was.
CREATE TABLE lineage (
    seq  INTEGER PRIMARY KEY,
    mark TEXT NOT NULL
);
