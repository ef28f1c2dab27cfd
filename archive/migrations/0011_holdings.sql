-- What the pages about holdings ask of every article, so that no text is read for it.
CREATE INDEX revision_day ON revision (article_id, number, source, substr(published, 1, 10));

-- Dates that were claimed and could not be believed.
CREATE INDEX revision_date_not_used ON revision (article_id, number)
    WHERE instr(evidence, '"date not used"') > 0;

-- Texts that may be cut: they do not end as a sentence does, or end in dots. `archive/cut.py`
-- looks closer.
CREATE INDEX revision_open_end ON revision (article_id, number)
    WHERE instr('.!?"”’»)]。！？」', substr(text, -1)) = 0 OR substr(text, -3) = '...'
        OR substr(text, -4) IN ('...]', '...)') OR substr(text, -2) IN ('…]', '…)', '…"', '…”');
CREATE INDEX frontier_reason ON frontier (source_id, key) WHERE reason IS NOT NULL;
