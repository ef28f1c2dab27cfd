"""Topic rules over a real store and a real index, and the commands about topics."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.article import Article
from archive.errors import SettingsError
from archive.settings import Settings, TopicRule
from archive.store import Store
from indexer.live import LiveIndex
from indexer.request import Request
from indexer.search import search
from morgue import topic_rules
from morgue.topic_rules import Followed
from tests.command_line import answer, run_morgue
from tests.web.conftest import client_of

TEXTS = {
    "a": "Police found fentanyl on the quay.",
    "b": "The narcotics squad left the harbour.",
    "c": "The harbour was quiet.",
}


class Archive:
    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "articles.db")
        self.index = folder / "index"
        for name, text in TEXTS.items():
            self.put(name, text)

    def put(self, name: str, text: str) -> None:
        url = f"https://gannet.example/{name}"
        self.store.put(Article(name, url, "The Gannet", f"Notes {name}", text))

    def update(self, **rules: str) -> Followed:
        settings = Settings(topics={name: TopicRule(query) for name, query in rules.items()})
        return topic_rules.catch_up(self.store, self.index, settings, lambda *_: None)[1]

    def having(self, topic: str) -> set[str]:
        """Ask the index, which is what readers see."""
        live = LiveIndex(self.index)
        try:
            found = search(Request(topics=(topic,)), live.engine(), self.store)
        finally:
            live.close()
        return {hit.kept.article.id for hit in found.hits}


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path)
    yield archive
    archive.store.close()


def test_matches_of_a_rule_are_found_under_its_topic(archive: Archive) -> None:
    assert archive.update(narcotics="fentanyl OR narcotic*") == Followed(ran=1, changed=2)
    assert archive.having("narcotics") == {"a", "b"}


def test_an_unchanged_rule_over_an_unchanged_archive_does_nothing(archive: Archive) -> None:
    archive.update(narcotics="fentanyl OR narcotic*")
    before = archive.store.position()
    assert archive.update(narcotics="fentanyl OR narcotic*") == Followed()
    assert archive.store.position() == before


def test_a_changed_rule_follows_on_old_articles(archive: Archive) -> None:
    archive.update(narcotics="fentanyl OR narcotic*")
    assert archive.update(narcotics="fentanyl OR quiet").changed == 2
    assert archive.having("narcotics") == {"a", "c"}


def test_new_and_changed_articles_are_met(archive: Archive) -> None:
    archive.update(narcotics="fentanyl")
    archive.put("d", "More fentanyl.")
    archive.put("a", "It was chalk.")
    assert archive.update(narcotics="fentanyl").changed == 2
    assert archive.having("narcotics") == {"d"}


def test_a_rule_that_is_removed_takes_its_topic_away(archive: Archive) -> None:
    archive.update(narcotics="fentanyl", harbours="harbour")
    assert archive.update(harbours="harbour") == Followed(ran=0, changed=1)
    assert archive.having("narcotics") == set()
    assert archive.having("harbours") == {"b", "c"}


def test_a_rule_may_ask_for_another_rules_topic_and_settles_one_run_later(
    archive: Archive,
) -> None:
    rules = {"narcotics": "fentanyl OR narcotic*", "raids": "topic:narcotics police"}
    archive.update(**rules)
    assert archive.having("raids") == set()
    assert archive.update(**rules) == Followed(ran=1, changed=1)
    assert archive.having("raids") == {"a"}
    archive.update(**rules)
    assert archive.update(**rules) == Followed()


def test_an_index_that_is_built_anew_has_the_topics_of_rules(archive: Archive) -> None:
    archive.update(narcotics="fentanyl")
    for path in sorted(archive.index.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    archive.update(narcotics="fentanyl")
    assert archive.having("narcotics") == {"a"}


def test_rules_are_checked_used_and_listed(own_sample_site: Path) -> None:
    site = own_sample_site
    (site / "morgue.toml").write_text('[topics.bridges]\nquery = "bridge"\n', encoding="utf-8")
    tried = answer("topics", "check", "bridges", site=site)
    assert (tried["articles"], tried["new"], tried["gone"]) == (17, 17, 0)
    assert answer("topics", "check", "title:bridge", site=site)["articles"] < 17
    assert answer("topics", site=site)["rules"][0]["waiting"] is True
    updated = answer("update", site=site)
    assert updated["rules"] == {"run": 1, "articles": 17}
    assert answer("search", "--topic", "bridges", site=site)["articles"] == 17
    listed = answer("topics", site=site)
    assert listed["rules"] == [
        {"name": "bridges", "query": "bridge", "articles": 17, "waiting": False}
    ]
    counted = {one["topic"]: one["origins"] for one in listed["topics"]}
    assert counted["bridges"] == {"rule": 17}
    hit = answer("search", "--topic", "bridges", "--limit", "1", site=site)["hits"][0]
    told = answer("article", hit["id"], site=site)["provenance"]["topics"]
    assert {"value": "bridges", "from": "rule:bridges", "chosen": True} in told
    with client_of(site) as client:
        page = client.get(f"/article/{hit['id']}", follow_redirects=True).text
    assert "rule:bridges" in page


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("()", "nothing to search for"),
        ("*", "nothing to search for"),
        ("topic:x y", "its own"),
        ("(topic:x W/5 y)", "its own"),
        ("bank since:7d", "7d"),
    ],
)
def test_a_rule_that_cannot_be_one_is_refused(query: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as caught:
        topic_rules.check({"x": TopicRule(query)}, "morgue.toml")
    assert "topics.x" in caught.value.reason


def test_a_model_is_learnt_used_and_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    words = {"Harbours": "quay pilot berth crane tide", "Bees": "hive swarm honey pollen comb"}
    with (folder / "clips.jsonl").open("w", encoding="utf-8") as file:
        for number in range(50):
            topic = list(words)[number % 2]
            record = {"id": str(number), "title": f"Notes {number}", "text": words[topic]}
            if number < 48:
                record["topics"] = topic
            file.write(json.dumps(record) + "\n")
    run_morgue("add", str(folder), site=tmp_path)
    run_morgue("update", site=tmp_path)
    seen = run_morgue("topics", "train", site=tmp_path)
    assert seen.returncode == 0, seen.stderr
    assert "precision" in seen.stdout
    assert not (tmp_path / "topics.npz").exists(), "shown, not used"
    used = answer("topics", "train", "--use", "--apply", site=tmp_path)
    assert used["used"] is True
    assert used["changed"] == 2
    assert answer("search", "--topic", "Bees", site=tmp_path)["total"] == 25
    listed = answer("topics", site=tmp_path)
    assert {one["topic"]: one["origins"] for one in listed["topics"]} == {
        "Bees": {"source": 24, "model": 1},
        "Harbours": {"source": 24, "model": 1},
    }
    assert listed["model"]["articles"] == 48
    assert answer("topics", "forget", "--apply", site=tmp_path) == {
        "forgotten": True,
        "changed": 2,
    }
    assert answer("topics", site=tmp_path)["model"] is None


def test_too_few_labels_end_with_2_and_say_how_many(own_sample_site: Path) -> None:
    done = run_morgue("topics", "train", site=own_sample_site)
    assert done.returncode == 2
    assert "labelled articles" in done.stderr
