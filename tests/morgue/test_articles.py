"""The commands about articles: `search`, `article`, `export`, `withdraw`."""

import json
import re
from pathlib import Path

from tests.command_line import answer, run_morgue
from tests.web.conftest import client_of


def test_search_json_has_the_keys_of_the_contract(sample_site: Path) -> None:
    found = answer("search", "customs fraud", "--limit", "1", site=sample_site)
    assert set(found) == {
        *(
            "query",
            "understood",
            "notices",
            "hints",
            "also",
            "total",
            "articles",
            "hits",
            "facets",
        ),
        "took_ms",
    }
    assert set(found["hits"][0]) == {
        "id", "url", "headline", "source", "agency", "byline", "dateline", "published", "topics",
        "updated", "precision", "language", "copies", "missing", "score", "snippets",
    }  # fmt: skip
    assert found["hits"][0]["published"] is None
    assert found["hits"][0]["precision"] == "unknown"
    assert set(found["facets"]) == {"source", "topic", "agency", "language", "byline", "date"}
    for snippet in found["hits"][0]["snippets"]:
        for start, end in snippet["marks"]:
            assert snippet["text"][start:end].strip()


def test_search_says_what_else_would_find_something(sample_site: Path) -> None:
    said = run_morgue("search", "brige", "zeppelin", site=sample_site).stdout
    assert "Did you mean" not in said
    said = run_morgue("search", "brige", site=sample_site).stdout
    assert "Did you mean: bridge (17 articles)" in said
    said = run_morgue("search", "bridge", "zeppelin", site=sample_site).stdout
    assert "without zeppelin: 17 articles" in said


def test_search_narrows_by_its_options(sample_site: Path) -> None:
    found = answer(
        "search", "bridge", "--source", "Meridian", "--from", "2024", "--to", "2024-06-12",
        site=sample_site,
    )  # fmt: skip
    assert found["total"] == 1
    assert found["hits"][0]["published"] == "2024-06-12"


def test_a_page_past_the_last_is_said_to_be_none(sample_site: Path) -> None:
    said = run_morgue("search", "bridge", "--page", "99", site=sample_site).stdout
    assert "There is no page 99; the last is " in said


def test_article_json_tells_everything_with_its_provenance(sample_site: Path) -> None:
    found = answer("search", "tramadol", site=sample_site)["hits"][0]
    known = answer("article", found["id"], site=sample_site)
    assert known["provenance"]["dateline"] == [
        {"value": "PORT ELLIS", "from": "wire: dateline", "chosen": True}
    ]
    assert known["text"].startswith("The United States and Norland held")
    assert known["revisions"][0]["number"] == 1
    assert run_morgue("article", "unknown", site=sample_site).returncode == 2


def test_export_streams_every_article_or_those_that_match(sample_site: Path) -> None:
    lines = run_morgue("export", site=sample_site).stdout.splitlines()
    assert len(lines) == 52
    assert {"text", "language", "caption", "credits", "provenance", "copies", "missing"} <= set(
        json.loads(lines[0])
    )
    assert "score" not in json.loads(lines[0])
    matching = run_morgue("export", "bridge", "--format", "jsonl", site=sample_site).stdout
    assert len(matching.splitlines()) == 17


def test_a_withdrawn_article_leaves_search_and_never_comes_back(own_sample_site: Path) -> None:
    found = answer("search", "tramadol", site=own_sample_site)["hits"][0]["id"]
    assert answer("withdraw", found, site=own_sample_site)["changed"] is True
    assert answer("search", "tramadol", site=own_sample_site)["total"] == 0
    run_morgue("update", site=own_sample_site)
    assert answer("search", "tramadol", site=own_sample_site)["total"] == 0
    assert answer("article", found, site=own_sample_site)["state"] == "withdrawn"
    assert run_morgue("withdraw", "unknown", site=own_sample_site).returncode == 2


def test_purging_removes_the_text_from_the_disk(own_sample_site: Path) -> None:
    found = answer("search", "tramadol", site=own_sample_site)["hits"][0]["id"]
    answer("withdraw", found, "--purge", site=own_sample_site)
    for file in own_sample_site.rglob("*"):
        if file.is_file():
            # A word that only this article has, in any case.
            assert b"tramadol" not in file.read_bytes().lower(), file


def test_every_revision_can_be_read_again(tmp_path: Path) -> None:
    clip = tmp_path / "clip.txt"
    clip.write_text("Quay closed\n\nThe quay was closed for three days.\n")
    run_morgue("add", str(clip), site=tmp_path)
    run_morgue("update", site=tmp_path)
    clip.write_text("Quay closed\n\nThe quay was closed for three weeks.\n")
    run_morgue("update", site=tmp_path)
    found = answer("search", "quay", site=tmp_path)["hits"][0]["id"]
    assert answer("article", found, site=tmp_path)["text"].endswith("three weeks.")
    first = answer("article", found, "--revision", "1", site=tmp_path)
    assert first["text"].endswith("three days.")
    assert [r["number"] for r in first["revisions"]] == [1, 2]
    assert run_morgue("article", found, "--revision", "3", site=tmp_path).returncode == 2
    with client_of(tmp_path) as client:
        page = client.get(f"/article/{found}/quay-closed?revision=1").text
        assert "three days." in page
        assert "it is revision 1" in page
        assert client.get(f"/article/{found}/quay-closed?revision=9").status_code == 404


def test_what_a_revision_changed_is_shown_word_by_word(tmp_path: Path) -> None:
    clip = tmp_path / "clip.txt"
    clip.write_text("Quay closed\n\nThe quay was shut for <b>days</b>.\n\nIt rained.\n")
    run_morgue("add", str(clip), site=tmp_path)
    run_morgue("update", site=tmp_path)
    clip.write_text("Quay closed\n\nThe quay was shut for weeks.\n\nIt rained.\n")
    run_morgue("update", site=tmp_path)
    found = answer("search", "quay", site=tmp_path)["hits"][0]["id"]
    told = run_morgue("article", found, "--changes", site=tmp_path)
    assert "shut for [-<b>days</b>-]{+weeks+}." in told.stdout
    assert "(1 paragraph unchanged)" in told.stdout
    assert answer("article", found, "--changes", site=tmp_path)["changes"][0]["field"] == "text"
    done = run_morgue("article", found, "--changes", "--revision", "1", site=tmp_path)
    assert (done.returncode, "first revision" in done.stderr) == (2, True)
    with client_of(tmp_path) as client:
        assert f"/article/{found}/changes/2" in client.get(f"/article/{found}/quay-closed").text
        page = client.get(f"/article/{found}/changes/2").text
        assert (
            '<span class="unseen" lang="en">removed: </span>&lt;b&gt;days&lt;/b&gt;</del>' in page
        )
        assert '<ins><span class="unseen" lang="en">added: </span>weeks</ins>' in page
        assert client.get(f"/article/{found}/changes/1").status_code == 404


def test_a_story_of_two_outlets_is_one_result_and_each_copy_can_be_listed(
    sample_site: Path,
) -> None:
    words = ("search", "title:dockers")
    together = answer(*words, site=sample_site)
    apart = answer(*words, "--copies", site=sample_site)
    assert (together["total"], together["articles"]) == (3, 4)
    assert (apart["total"], apart["articles"]) == (4, 4)
    copies = [copy["source"] for hit in together["hits"] for copy in hit["copies"]]
    assert copies == ["The Harbour Gazette"]
    told = run_morgue(*words, site=sample_site).stdout
    assert "Also in 1 outlet: The Harbour Gazette" in told
    assert told.splitlines()[-1].startswith("4 articles as 3 results in ")


def test_an_article_is_found_by_any_of_its_addresses(sample_site: Path) -> None:
    found = answer("search", "title:dockers", site=sample_site)["hits"]
    hit = next(hit for hit in found if hit["copies"])
    by_id = answer("article", hit["id"], site=sample_site)
    assert by_id["copies"] == hit["copies"]
    assert by_id["addresses"][0] == hit["url"]
    assert answer("article", hit["url"], site=sample_site) == by_id
    done = run_morgue("article", "https://gannet.example/none", site=sample_site)
    assert done.returncode == 2
    assert "no article was seen at this address" in done.stderr


def test_a_language_narrows(sample_site: Path) -> None:
    german = answer("search", "--language", "de", site=sample_site)
    assert german["facets"]["language"]["de"] == german["articles"]
    assert {hit["language"] for hit in german["hits"]} == {"de"}


def test_related_coverage_of_an_article_is_listed_with_why(sample_site: Path) -> None:
    (hit, *_) = answer("search", "title:bridge title:bill", site=sample_site)["hits"]
    told = answer("article", hit["id"], "--related", site=sample_site)
    assert set(told) == {"copies", "same_story", "similar"}
    assert told["similar"][0]["shared"]
    said = run_morgue("article", hit["id"], "--related", site=sample_site).stdout
    assert "Similar:" in said
    assert "shares " in said


def test_words_that_stand_out_are_listed_on_request(sample_site: Path) -> None:
    said = run_morgue("search", "bridge", "--telling", site=sample_site).stdout
    assert "More here than elsewhere: " in said
    assert answer("search", "bridge", "--telling", site=sample_site)["telling"][0]["articles"] > 1


def test_what_was_understood_is_said_and_no_word_becomes_a_picture(sample_site: Path) -> None:
    said = run_morgue("search", "title:ferry W/9 zeppelin colour:red", site=sample_site).stdout
    assert said.startswith(
        "Articles with “ferry” within 9 words of “zeppelin” in the headline, “colour” and “red”."
        " Written: title:ferry W/9 title:zeppelin colour red\n"
        "Note: there is no field “colour”; it was read as a word.\n"
    )
    assert "    title:ferry alone: 2 articles\n" in said


def test_equivalents_of_the_settings_are_looked_for_too_and_said(own_sample_site: Path) -> None:
    assert answer("search", "klondike", site=own_sample_site)["total"] == 0
    (own_sample_site / "morgue.toml").write_text('[search.equivalents]\nklondike = "tramadol"\n')
    found = answer("search", "klondike", site=own_sample_site)
    assert found["total"] == answer("search", '"tramadol"', site=own_sample_site)["total"] > 0
    assert found["also"] == [{"asked": "klondike", "others": ["tramadol"], "why": "equivalent"}]
    assert answer("search", '"klondike"', site=own_sample_site)["total"] == 0
    said = run_morgue("search", "klondike", site=own_sample_site).stdout
    assert "Note: klondike: also “tramadol”." in said
    exported = run_morgue("export", "klondike", site=own_sample_site).stdout
    assert len(exported.splitlines()) == found["articles"]


def test_search_says_why_a_hit_stands_where_it_does(sample_site: Path) -> None:
    done = run_morgue("search", "bridge", "--explain", "--limit", "1", site=sample_site)
    assert re.search(r"\d\.\d\d  “bridge” .*; \d+ articles have it", done.stdout)


def test_the_newer_of_near_equals_come_first_unless_switched_off(tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for name, day, more in (("old", 1, ""), ("new", 2, " So it was.")):
        text = " ".join(f"{name}{number}" for number in range(200))
        head = f"---\ntitle: Gulls {name}\ndate: 2024-01-0{day}\n---\n\n"
        (folder / f"{name}.md").write_text(f"{head}They rested. {text}.{more}")
    run_morgue("add", str(folder), site=tmp_path)
    run_morgue("update", site=tmp_path)

    def order(*arguments: str) -> list[str]:
        hits = answer("search", "rested", *arguments, site=tmp_path)["hits"]
        return [hit["headline"] for hit in hits]

    assert order() == order("--newer") == ["Gulls new", "Gulls old"]
    assert order("--no-newer") == ["Gulls old", "Gulls new"]
    said = run_morgue("search", "rested", "--explain", site=tmp_path).stdout
    assert "newer than one that scores a little more" in said
    (tmp_path / "morgue.toml").write_text("[search]\nnewer = false\n")
    assert order() == ["Gulls old", "Gulls new"]
    assert order("--newer") == ["Gulls new", "Gulls old"]


def test_search_prints_partial_matches_and_how_a_question_was_read(sample_site: Path) -> None:
    done = run_morgue("search", "bridge", "tramadol", site=sample_site)
    assert "more without some of the words:" in done.stdout
    assert "    Without tramadol" in done.stdout
    question = ["why", "is", "there", "a", "crack", "in", "the", "bridge", "at", "pier", "four"]
    done = run_morgue("search", *question, site=sample_site)
    assert "Read as a question: articles with at least 2 of its 4 words" in done.stdout
    done = run_morgue("search", *question, "--all", site=sample_site)
    assert "Read as a question" not in done.stdout
    done = run_morgue("search", "bridge", "--related", site=sample_site)
    assert "an archive of 52 articles is too small to learn related words from" in done.stdout


def test_agencies_and_authors_narrow_and_values_can_be_left_out(sample_site: Path) -> None:
    whole = answer("search", "bridge", site=sample_site)
    for facet in ("source", "topic", "agency", "byline"):
        value, count = next(iter(whole["facets"][facet].items()))
        chosen = answer("search", "bridge", f"--{facet}", value, site=sample_site)
        left_out = answer("search", "bridge", f"--not-{facet}", value, site=sample_site)
        assert (chosen["articles"], left_out["articles"]) == (count, whole["articles"] - count)
        assert value not in left_out["facets"][facet]
    undated = answer("search", "--undated", site=sample_site)
    assert {hit["published"] for hit in undated["hits"]} == {None}
    exported = run_morgue("export", "bridge", "--not-source", "Meridian", site=sample_site).stdout
    assert "Meridian" not in {json.loads(line)["source"] for line in exported.splitlines()}


def test_all_values_of_a_facet_are_listed_on_request(sample_site: Path) -> None:
    told = answer("search", "bridge", "--facet", "source", site=sample_site)
    whole = answer("search", "bridge", site=sample_site)
    assert told == {"facet": "source", "values": whole["facets"]["source"]}
    value, count = next(iter(told["values"].items()))
    said = run_morgue("search", "bridge", "--facet", "source", site=sample_site).stdout
    assert said.splitlines()[0] == f"{count:>9,}  {value}"
    none = run_morgue("search", "zeppelin", "--facet", "byline", site=sample_site).stdout
    assert none == "No article found has a byline.\n"


def test_a_timeline_is_printed_on_request(sample_site: Path) -> None:
    told = answer("search", "--timeline", site=sample_site)
    line = told["timeline"]
    counted = sum(bar["articles"] for bar in line["bars"]) + line["unplaced"] + line["undated"]
    assert (line["unit"], counted) == ("month", told["articles"])
    said = run_morgue("search", "--timeline", site=sample_site).stdout
    assert re.search(r"^    2024-06 +\d+  █+$", said, re.MULTILINE)
    assert re.search(r"^    2023-04 +0$", said, re.MULTILINE), "a gap is seen"
    assert "    4 articles undated" in said


def test_two_copies_are_told_apart_by_what_only_one_says(tmp_path: Path) -> None:
    one, other = tmp_path / "one.txt", tmp_path / "other.txt"
    one.write_text("Quay closed\n\nThe quay was shut for days. It rained.\n")
    other.write_text("Quay shut\n\nThe quay was shut for weeks.\n\nIt rained.\n")
    for path in (one, other):
        run_morgue("add", str(path), site=tmp_path)
    run_morgue("update", site=tmp_path)
    ids = [hit["id"] for hit in answer("search", "quay", "--copies", site=tmp_path)["hits"]]
    told = run_morgue("article", ids[0], "--beside", ids[1], site=tmp_path).stdout
    assert "7 words in both, 1 only in the first, 1 only in the second" in told
    found = answer("article", ids[0], "--beside", ids[1], site=tmp_path)
    assert found["ids"] == ids
    assert found["words"] == {"both": 7, "only_first": 1, "only_second": 1}
    assert sorted(found["fields"]["headline"]) == ["Quay closed", "Quay shut"]
    assert run_morgue("article", ids[0], "--beside", "nobody", site=tmp_path).returncode == 2
