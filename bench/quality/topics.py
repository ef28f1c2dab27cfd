"""Topics with their truth, from four collections: without training, after it, and what is none."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from archive.ingest import language
from archive.ingest.topics import names, vocabulary
from archive.ingest.topics.inference import Infer
from archive.ingest.topics.training import Labelled, train
from bench import corpora
from bench.quality.scores import Score

ARTS: Final = "arts, culture, entertainment and media"
ECONOMY: Final = "economy, business and finance"
SCIENCE: Final = "science and technology"

BBC: Final = {
    "business": ECONOMY,
    "entertainment": ARTS,
    "politics": "politics",
    "sport": "sport",
    "tech": SCIENCE,
}
AG_NEWS: Final = {"Business": ECONOMY, "Sports": "sport", "Sci/Tech": SCIENCE}
HUFFPOST: Final = {
    "POLITICS": "politics",
    "ENTERTAINMENT": ARTS,
    "CULTURE & ARTS": ARTS,
    "MEDIA": ARTS,
    "SPORTS": "sport",
    "CRIME": "crime, law and justice",
    "ENVIRONMENT": "environment",
    "WELLNESS": "health",
    "RELIGION": "religion",
    "EDUCATION": "education",
    "SCIENCE": SCIENCE,
    "TECH": SCIENCE,
    "BUSINESS": ECONOMY,
    "MONEY": ECONOMY,
    "WEIRD NEWS": "human interest",
    "FOOD & DRINK": "lifestyle and leisure",
    "HOME & LIVING": "lifestyle and leisure",
    "STYLE & BEAUTY": "lifestyle and leisure",
    "TRAVEL": "lifestyle and leisure",
}
# Of Reuters' 120 topics nearly all are kinds of economic news: results, takeovers, currencies,
# commodities, indicators. Where one of these stands alone the article is counted as none:
# `jobs` is IPTC's labour, and `ship` holds attacks and accidents at sea as well as freight.
NOT_ECONOMY: Final = frozenset(("jobs", "ship"))
_READ_FOR_LANGUAGE: Final = 140
_REACH_TRAINED: Final = {"bbc": 0.975, "reuters21578": 0.88}


class _Record(msgspec.Struct):
    title: str
    body: str
    topic: str = ""
    topics: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    dateline: str | None = None
    topics_attr: str = ""


@dataclass(frozen=True, slots=True)
class _Guess:
    """What was inferred for an article, the best first."""

    record: _Record
    topics: tuple[str, ...]


def measure(peers: bool) -> Iterator[Score]:
    """Score topics, and the language of short texts; *peers* adds plain scikit-learn."""
    bbc = list(corpora.records("topics/bbc.jsonl.xz", _Record))
    reuters = list(corpora.records("topics/reuters21578.jsonl.xz", _Record))
    yield _first("bbc", bbc, BBC, reach=0.9)
    yield _first("agnews", corpora.records("topics/agnews_test.jsonl.xz", _Record), AG_NEWS)
    huffpost = corpora.records("topics/huffpost_sample.jsonl.xz", _Record)
    yield _first("huffpost", huffpost, HUFFPOST)
    yield from _economy(reuters)
    yield from _names(reuters)
    yield _trained("bbc", bbc, lambda r: frozenset((r.topic,)), peers)
    classified = [record for record in reuters if record.topics]
    yield _trained("reuters21578", classified, lambda r: frozenset(r.topics), peers)
    yield from _language(bbc)


def _first(
    corpus: str, records: Iterable[_Record], mapping: dict[str, str], reach: float | None = None
) -> Score:
    """Accuracy of the first topic; lenient, of the first among those that the set has."""
    wanted = set(mapping.values())
    guesses = [_guess(r) for r in records if r.topic in mapping]
    right = near = 0
    misses: dict[str, list[str]] = {}
    for guess in guesses:
        truth = mapping[guess.record.topic]
        among = next((topic for topic in guess.topics if topic in wanted), None)
        near += among == truth
        if guess.topics[:1] == (truth,):
            right += 1
        else:
            cause = f"{truth} taken for {guess.topics[0] if guess.topics else 'nothing'}"
            misses.setdefault(cause, []).append(guess.record.title)
    total = len(guesses)
    return Score(
        corpus,
        "topic without training",
        right / total,
        total,
        lenient=near / total,
        reach=reach,
        misses=misses,
    )


def _guess(record: _Record, infer: Infer = vocabulary.infer) -> _Guess:
    # AG's collection writes a backslash where a line ended.
    text = record.body.replace("\\", " ")
    return _Guess(record, tuple(found.topic for found in infer(record.title, text)))


def _economy(records: Sequence[_Record]) -> Iterator[Score]:
    """Whether what is inferred as economy is; articles without any topic count in the last alone.

    Reuters' indexers gave many business stories no topic, so the last figure is
    a lower bound.
    """
    right, wrong, missed, unassigned = 0, [], 0, 0
    for record in records:
        inferred = ECONOMY in _guess(record).topics
        if record.topics:
            is_economy = bool(set(record.topics) - NOT_ECONOMY)
            right += inferred and is_economy
            missed += is_economy and not inferred
            if inferred and not is_economy:
                wrong.append(f"{'; '.join(record.topics)}: {record.title}")
        elif record.topics_attr == "YES":
            unassigned += inferred
    inferred_in_all = right + len(wrong)
    yield Score(
        "reuters21578",
        "economy precision",
        right / inferred_in_all,
        inferred_in_all,
        reach=0.95,
        misses={"not economy": wrong},
    )
    yield Score("reuters21578", "economy recall", right / (right + missed), right + missed)
    yield Score(
        "reuters21578",
        "economy precision, unassigned counted against",
        right / (inferred_in_all + unassigned),
        inferred_in_all + unassigned,
    )


def _names(records: Sequence[_Record]) -> Iterator[Score]:
    """Whether labels that are people or places are told from labels that are topics."""
    told = dict.fromkeys(("places", "people", "topics"), 0)
    cases = dict(told)
    misses: dict[str, dict[str, list[str]]] = {field: {} for field in told}
    for record in records:
        place = (record.dateline or "").split(",")[0].strip()
        setting = names.Setting(f"{record.title.title()}\n{record.body}", (), place or None)
        for field in told:
            for label in getattr(record, field):
                found = names.kind(label.replace("-", " "), setting)
                cases[field] += 1
                right = (found is None) == (field == "topics")
                told[field] += right
                if not right:
                    misses[field].setdefault(found or "taken for a topic", []).append(label)
    for field, measure_name in (
        ("places", "places are no topics"),
        ("people", "people are no topics"),
        ("topics", "topics are no names"),
    ):
        yield Score(
            "reuters21578",
            measure_name,
            told[field] / cases[field],
            cases[field],
            misses=misses[field],
        )


def _trained(
    corpus: str,
    records: Sequence[_Record],
    labels: Callable[[_Record], frozenset[str]],
    peers: bool,
) -> Score:
    """Learn on every other article, infer the rest, and the other way round: F1 over all.

    Where every article has one topic that is the share of articles whose first
    topic is right, else the micro-averaged F1.
    """
    single = all(len(labels(record)) == 1 for record in records)
    halves = (records[::2], records[1::2])
    right = got = wanted = 0
    plain_right = plain_got = 0
    for seen, unseen in (halves, halves[::-1]):
        learnt = [Labelled(record.title, record.body, labels(record)) for record in seen]
        model = train(learnt, "", fewest=2, lowest_f1=0.0)
        guesses = [_guess(record, model.infer).topics for record in unseen]
        truths = [labels(record) for record in unseen]
        wanted += sum(map(len, truths))
        pairs = [(set(g[:1] if single else g), t) for g, t in zip(guesses, truths, strict=True)]
        right += sum(len(g & t) for g, t in pairs)
        got += len(pairs) if single else sum(len(g) for g, _ in pairs)
        if peers:
            plain = _plain(learnt, unseen, single)
            plain_right += sum(len(g & t) for g, t in zip(plain, truths, strict=True))
            plain_got += sum(map(len, plain))
    plain_f1 = 2 * plain_right / (plain_got + wanted)
    return Score(
        corpus,
        "topic after training" if single else "topics after training, micro F1",
        2 * right / (got + wanted),
        len(records),
        plain={"scikit-learn": plain_f1} if peers else {},
        reach=_REACH_TRAINED[corpus],
    )


def _plain(
    learnt: Sequence[Labelled], unseen: Sequence[_Record], single: bool
) -> list[frozenset[str]]:
    """What scikit-learn's own tf-idf and linear machines come to as they are."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.preprocessing import MultiLabelBinarizer
    from sklearn.svm import LinearSVC

    vectors = TfidfVectorizer(sublinear_tf=True)
    known = vectors.fit_transform([f"{one.headline}\n{one.text}" for one in learnt])
    asked = vectors.transform([f"{record.title}\n{record.body}" for record in unseen])
    if single:
        machine = LinearSVC(random_state=0).fit(known, [next(iter(one.topics)) for one in learnt])
        return [frozenset((str(topic),)) for topic in machine.predict(asked)]
    columns = MultiLabelBinarizer()
    truth = columns.fit_transform([one.topics for one in learnt])
    machines = OneVsRestClassifier(LinearSVC(random_state=0)).fit(known, truth)
    return [frozenset(found) for found in columns.inverse_transform(machines.predict(asked))]


def _language(records: Sequence[_Record]) -> Iterator[Score]:
    """English told from the first 140 characters: how often right, how often told at all."""
    told = [language.detect(record.body[:_READ_FOR_LANGUAGE]) for record in records]
    right = sum(found is not None and found[0] == "en" for found in told)
    ventured = sum(found is not None for found in told)
    yield Score("bbc", "language of short texts, precision", right / ventured, ventured)
    yield Score("bbc", "language of short texts, recall", right / len(records), len(records))
