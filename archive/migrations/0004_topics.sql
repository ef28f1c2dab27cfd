-- The user's rules (saved searches that set a topic), as they last ran. `stamp` changes when
-- a rule would be run anew although no article changed; `seq` is the place in the sequence of
-- changes up to which its matches were found. Matches stand apart from revisions: reading an
-- article again never loses them, and they go with their rule.
CREATE TABLE topic_rule (
    name  TEXT PRIMARY KEY,
    stamp TEXT NOT NULL,
    seq   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE topic_match (
    article_id TEXT NOT NULL REFERENCES article (id),
    rule       TEXT NOT NULL REFERENCES topic_rule (name) ON DELETE CASCADE,
    PRIMARY KEY (article_id, rule)
) WITHOUT ROWID;
CREATE INDEX topic_match_rule ON topic_match (rule);
