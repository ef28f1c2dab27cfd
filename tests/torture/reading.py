"""Readers of an archive that goes from state to state; each says what contradicts itself."""

import csv
import http.client
import io
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count as counter
from typing import Any
from urllib.parse import urlencode

from tests.torture.states import BASE, count, has_both, having_both, name

_COUNT = re.compile(r'<h1 id="count">([\d,]+) articles?')
_TOPIC = re.compile(r"topic=t(\d+)[^>]*>")
_STATE = re.compile(r"s(\d+)e")


@dataclass
class Seen:
    """What readers saw: how many answers of each kind, in which states, and what was wrong."""

    answers: Counter[str] = field(default_factory=Counter)
    states: set[int] = field(default_factory=set)
    moved: int = 0
    errors: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, kind: str, state: int, contradictions: list[str]) -> None:
        with self.lock:
            self.answers[kind] += 1
            self.states.add(state)
            self.mixed += [f"{kind} in state {state}: {one}" for one in contradictions]

    def fail(self, kind: str, why: str) -> None:
        with self.lock:
            self.errors.append(f"{kind}: {why}")


class Failed(Exception):
    """An answer that is no answer."""


class Reader:
    """One client, with a connection that stays open, as a browser's does."""

    def __init__(self, port: int, seen: Seen) -> None:
        self._port = port
        self._seen = seen
        self._connection = self._connected()

    def _connected(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)

    def read(self, kind: str) -> None:
        """Ask for one *kind* of answer and hold it against the states."""
        asks: Mapping[str, Callable[[], None]] = {
            "page": self._page,
            "json": self._json,
            "words": self._words,
            "facet": self._facet,
            "article": self._article,
            "export": self._export,
            "cursor": self._cursor,
            "front": self._front,
        }
        try:
            asks[kind]()
        except (Failed, ValueError, KeyError, IndexError) as error:
            self._seen.fail(kind, repr(error))
        except (OSError, http.client.HTTPException) as error:
            self._seen.fail(kind, repr(error))
            self._connection.close()
            self._connection = self._connected()

    def close(self) -> None:
        self._connection.close()

    def _get(self, path: str, status: int = 200, **asked: object) -> str:
        address = f"{path}?{urlencode(asked)}" if asked else path
        self._connection.request("GET", address)
        answer = self._connection.getresponse()
        body = answer.read().decode()
        if answer.status != status:
            raise Failed(f"{address}: {answer.status}: {body[:2000]}")
        return body

    def _get_json(self, path: str, **asked: object) -> Any:
        return json.loads(self._get(path, **asked))

    def _page(self) -> None:
        page = self._get("/search", q="tide")
        shown = int(_found(_COUNT, page).replace(",", ""))
        state = shown - BASE
        # As a facet; those of the hits are of the store, as it is a moment later.
        facet = page[page.index("Topic") :] if "Topic" in page else ""
        topics = {int(one) for one in _TOPIC.findall(facet)}
        wrong = [] if topics == {state} else [f"{shown} articles, topics {topics}"]
        self._seen.note("page", state, wrong + _older(map(int, _STATE.findall(page)), state))

    def _json(self) -> None:
        found = self._get_json("/search.json", q="tide")
        state = found["total"] - BASE
        self._seen.note("json", state, _contradictions(found, state))

    def _words(self) -> None:
        """Words of which few articles have both: several questions to the index."""
        found = self._get_json("/search.json", q="moonrise sunrise")
        wrong = []
        if found["total"]:
            (topic,) = found["facets"]["topic"]
            state = int(topic[1:])
            if found["total"] != having_both(state):
                wrong.append(f"{found['total']} have both words, not {having_both(state)}")
        else:
            state = sum(found["words"].values()) - BASE
            if state % 7:
                wrong.append(f"nothing has both words, {found['words']} one of them")
        ids = [hit["id"] for hit in (*found["hits"], *found.get("partial", []))]
        if len(set(ids)) != min(10, count(state)):
            wrong.append(f"the page lists {ids}")
        for kind, both in (("hits", True), ("partial", False)):
            wrong += [
                f"{hit['id']} is among the {kind}"
                for hit in found.get(kind, [])
                if has_both(int(hit["id"][1:]), state) is not both
            ]
        self._seen.note("words", state, wrong)

    def _facet(self) -> None:
        counts = self._get_json("/search/facet/topic.json", q="tide")["values"]
        ((topic, articles),) = counts.items()
        state = int(topic[1:])
        wrong = [] if articles == count(state) else [f"{articles} articles"]
        self._seen.note("facet", state, wrong)

    def _article(self) -> None:
        """Follow a hit of the newest article there is."""
        found = self._get_json("/search.json", q="tide", sort="newest")
        state = found["total"] - BASE
        wrong = _contradictions(found, state)
        if found["hits"][0]["id"] != name(count(state) - 1):
            wrong.append(f"the newest is {found['hits'][0]['id']}")
        number = int(found["hits"][0]["id"][1:])
        page = self._get(f"/article/{name(number)}/tide-table-{number}", q="tide")
        shown = [int(one) for one in _STATE.findall(page)]
        self._seen.note("article", state, wrong + _older(shown, state))

    def _export(self) -> None:
        rows = list(csv.DictReader(io.StringIO(self._get("/search.csv", q="tide"))))
        state = len(rows) - BASE
        ids = {row["id"] for row in rows}
        wrong = [] if ids == set(map(name, range(count(state)))) else ["other articles"]
        if {row["export_articles"] for row in rows} != {str(len(rows))}:
            wrong.append(f"says to hold {rows[0]['export_articles']}, holds {len(rows)}")
        topics = {int(row["topics"][1:]) for row in rows}
        if len(topics) != 1:
            wrong.append(f"articles of the states {topics}")
        self._seen.note("export", state, wrong + _older(topics, state))

    def _cursor(self) -> None:
        """Walk over all that is found, page after page, while it changes."""
        asked = {"q": "tide", "sort": "newest", "limit": 9}
        ids: list[str] = []
        wrong: list[str] = []
        before: int | None = None
        following: str | None = ""
        while following is not None:
            found = self._get_json(
                "/api/v1/search", **asked, **({"cursor": following} if following else {})
            )
            state = found["total"] - BASE
            wrong += _contradictions(found, state, 9 if found["next"] else 1)
            if before is not None:
                if found["moved"] != (state != before):
                    # A rebuild changes nothing, yet may count as a move.
                    wrong += [] if state == before else [f"from {before}: moved is not told"]
                self._seen.moved += found["moved"]
            before = state
            ids += [hit["id"] for hit in found["hits"]]
            following = found["next"]
        if len(ids) != len(set(ids)):
            wrong.append("an article is given twice")
        if missing := set(map(name, range(BASE))) - set(ids):
            wrong.append(f"left out: {missing}")
        if ids != sorted(ids, reverse=True):
            wrong.append("not in the order asked for")
        self._seen.note("cursor", before or 0, wrong)

    def _front(self) -> None:
        page = self._get("/")
        self._seen.note("front", 0, [] if "Flood Post" in page else ["no sources"])


KINDS = ("page", "json", "words", "facet", "article", "export", "page", "cursor", "words", "front")


def read_all(port: int, readers: int, answers: int, states: int) -> Seen:
    """Have *readers* ask side by side until they were given *answers* in so many *states*."""
    seen = Seen()
    number = counter()

    def wants_more() -> bool:
        return not seen.errors and (
            sum(seen.answers.values()) < answers or len(seen.states) < states
        )

    def ask() -> None:
        reader = Reader(port, seen)
        while wants_more():
            reader.read(KINDS[next(number) % len(KINDS)])
        reader.close()

    threads = [threading.Thread(target=ask) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    if found is None:
        raise Failed(f"no {pattern.pattern} in {text[:2000]}")
    return found[1]


def _older(shown: Any, state: int) -> list[str]:
    """The store is written first, so no article shown is older than the index."""
    return [f"shows an article of state {one}" for one in set(shown) if one < state]


def _contradictions(found: Any, state: int, least: int = 10) -> list[str]:
    """What in a page of all articles, as JSON, is of another state than *state*."""
    wrong = []
    facets = found["facets"]
    if facets["topic"] != {f"t{state}": count(state)}:
        wrong.append(f"topics are {facets['topic']}")
    sources = {"Flood Post": -(-count(state) // 2), "Ebb Post": count(state) // 2}
    if facets["source"] != sources:
        wrong.append(f"sources are {facets['source']}")
    if sum(n for year, n in facets["date"].items() if len(year) == 4) != count(state):
        wrong.append(f"dates are {facets['date']}")
    if len(found["hits"]) < least:
        wrong.append(f"{len(found['hits'])} hits")
    if any(int(hit["id"][1:]) >= count(state) for hit in found["hits"]):
        wrong.append("a hit that is not there yet")
    return wrong + _older((int(hit["topics"][0][1:]) for hit in found["hits"]), state)
