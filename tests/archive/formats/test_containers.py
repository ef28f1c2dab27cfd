"""Containers: many articles in one file, of which one may be bad."""

import gzip
import hashlib
import json
import zipfile
from dataclasses import replace
from io import BytesIO

import pytest

from archive.article import Evidence
from tests.archive.conftest import composed
from tests.archive.export.samples import ABOUT, STRIKE, entry
from tests.archive.formats import samples
from tests.archive.formats.conftest import articles, errors, values

# -- mailboxes ---------------------------------------------------------------


def test_the_mails_of_a_mailbox_are_told_apart_by_their_ids() -> None:
    box = samples.mbox(samples.mail("One"), samples.mail("Two", "<2@gannet.example>"))
    found = articles(box, "a.mbox")
    assert [values(item, "headline") for item in found] == [["One"], ["Two"]]
    assert found[1].key == "/clippings/a.mbox!2@gannet.example"


def test_a_line_that_begins_with_from_parts_no_mail() -> None:
    text = "From what we hear the bridge opens.\n\n>From here on it is new.\n"
    box = samples.mbox(b"From: a@b.example\nSubject: One\n\n" + text.encode())
    (item,) = articles(box, "a.mbox")
    assert item.text.startswith("From what we hear")
    assert "\n\nFrom here on" in item.text


@pytest.mark.usefixtures("small_limits")
def test_a_mail_that_is_too_large_is_named_and_the_next_is_kept() -> None:
    large = samples.mail() + b"x" * 5000 + b"\n"
    box = samples.mbox(large, samples.mail("Two", "<2@gannet.example>"))
    assert [values(item, "headline") for item in articles(box)] == [["Two"]]
    assert errors(box) == ["/clippings/file record 1: is larger than 10 MiB"]


def test_encoded_words_in_headers_are_read() -> None:
    mail = samples.mail("=?utf-8?b?QnLDvGNrZQ==?= =?iso-8859-1?q?=F6ffnet?=")
    (item,) = articles(mail, "a.eml")
    assert values(item, "headline") == ["Brückeöffnet"]


# -- tables ------------------------------------------------------------------


def test_a_table_is_read_by_the_names_that_the_user_gave_its_columns() -> None:
    table = samples.csv(
        "Brücke offen;Die Brücke ist offen.;2024-06-20;Kurier", header="Zeile;Lauftext;Tag;Blatt"
    )
    columns = {"headline": "zeile", "text": "Lauftext", "published": "Tag", "source": "Blatt"}
    (item,) = articles(table, "a.csv", columns=columns)
    article = composed(item)
    assert (article.headline, article.text) == ("Brücke offen", "Die Brücke ist offen.")
    assert (article.source, article.published and article.published.iso) == (
        "Kurier",
        "2024-06-20",
    )


def test_a_table_without_any_known_column_says_how_to_name_them() -> None:
    (error,) = errors(b"x,y\n1,2\n", "a.csv")
    assert "[columns]" in error


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_is_read_in_its_encoding(codec: str) -> None:
    rows = [f"Brücke {number} geöffnet,Die Brücke ist für alle geöffnet." for number in range(40)]
    found = articles(samples.csv(*rows, header="Titel,Text").decode().encode(codec), "a.csv")
    assert [values(item, "headline")[0] for item in found] == [r.split(",")[0] for r in rows]


def test_exports_of_pocket_and_instapaper_are_bookmarks_without_a_date() -> None:
    pocket = samples.csv(
        f"{samples.HEADLINE},{samples.ADDRESS},1600322788,harbours|bridges,unread",
        header="title,url,time_added,tags,status",
    )
    instapaper = samples.csv(
        f'{samples.ADDRESS},{samples.HEADLINE},,Unread,1600322788,"[""harbours"",""bridges""]"',
        header="URL,Title,Selection,Folder,Timestamp,Tags",
    )
    for data in (pocket, instapaper, samples.POCKET):
        (item,) = articles(data, "export.txt")
        article = composed(item)
        assert (article.headline, article.text) == (samples.HEADLINE, "")
        assert (article.url, article.published) == (samples.ADDRESS, None)
        assert article.topics == ("harbours", "bridges")


def test_a_row_with_neither_headline_nor_text_is_named_by_its_number() -> None:
    table = samples.csv("One,text,1", ",,2", "Two,,3", header="title,body,number")
    assert [values(item, "headline") for item in articles(table, "a.csv")] == [["One"], ["Two"]]
    assert errors(table, "a.csv") == ["/clippings/a.csv record 2: has neither headline nor text"]


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_quotation_mark_that_nothing_closes_is_named_where_it_opens(end: str) -> None:
    table = f'title,text\nOne,"text, whole"\n"Two,text\nThree,text{end}'.encode()
    assert [values(item, "headline") for item in articles(table, "a.csv")] == [["One"]]
    assert errors(table, "a.csv") == [
        "/clippings/a.csv record 2: opens a quotation mark that nothing closes: "
        "the rows below it are lost"
    ]


# -- JSON --------------------------------------------------------------------


def test_a_bad_line_is_named_and_the_others_are_kept() -> None:
    lines = [json.dumps({**samples.RECORD, "id": "1"}), "{broken", "", "[1]"]
    lines.append(json.dumps({**samples.RECORD, "id": "2"}))
    data = "\n".join(lines).encode()
    assert [item.key[-2:] for item in articles(data, "a.jsonl")] == ["!1", "!2"]
    assert [error.split(":")[0] for error in errors(data, "a.jsonl")] == [
        "/clippings/a.jsonl record 2",
        "/clippings/a.jsonl record 4",
    ]


def test_a_list_that_is_cut_off_gives_what_came_before() -> None:
    data = json.dumps([{**samples.RECORD, "id": n} for n in range(500)]).encode()
    assert len(articles(data, "a.json")) == 500
    assert len(articles(data[:-1], "a.json")) == 500
    assert errors(data[:-1], "a.json") == ["/clippings/a.json: ends before its list does"]
    assert len(articles(data[:-10], "a.json")) == 499


def test_an_object_around_a_list_is_read_as_the_list() -> None:
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": [samples.RECORD]}
    (item,) = articles(json.dumps(feed, indent=1).encode())
    assert item.text == samples.TEXT


def test_what_morgue_exported_comes_in_as_it_was() -> None:
    from archive.export.jsons import record

    (item,) = articles(samples.ALL["a.json"], "a.json")
    before = composed(item)
    (back,) = articles(json.dumps(record(before)).encode() + b"\n", "export.jsonl")
    after = composed(back)
    assert (after.id, after.url, after.text) == (before.id, before.url, before.text)
    same = ("headline", "byline", "dateline", "published", "topics", "source", "language")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]


def test_a_half_of_a_surrogate_pair_reaches_no_text() -> None:
    data = b'[{"title": "a", "text": "broken \\ud83d here, and \\u0000 there"}]'
    (item,) = articles(data, "a.json")
    assert item.text == "broken \ufffd here, and \ufffd there"


# -- news formats -------------------------------------------------------------


def test_a_message_gives_its_items_and_passes_over_pictures() -> None:
    picture = samples.newsml("urn:newsml:gannet:2").replace("inlineXML", "remoteContent")
    message = samples.newsml_message(samples.newsml(), picture, samples.newsml("urn:3"))
    assert [item.key.split("!")[1] for item in articles(message)] == [
        "urn:newsml:gannet:1",
        "urn:3",
    ]
    assert errors(message) == []


def test_nitf_inside_newsml_and_ninjs_is_taken_apart() -> None:
    nitf = samples.nitf().decode().split("?>")[1].split(">", 1)[1]
    body = (
        samples.newsml(text="x").partition("<html")[0]
        + nitf
        + "</inlineXML></contentSet></newsItem>"
    )
    (item,) = articles(body.encode())
    assert item.text == samples.TEXT
    document = samples.ninjs(bodies=[{"contenttype": "nitf", "value": samples.nitf().decode()}])
    (item,) = articles(json.dumps(document).encode())
    assert item.text == samples.TEXT


def test_no_entity_of_an_xml_file_is_expanded_or_fetched() -> None:
    entities = '<!DOCTYPE nitf [<!ENTITY a SYSTEM "file:///etc/passwd"><!ENTITY b "bomb">'
    entities += "".join(f'<!ENTITY b{n} "{f"&b{n - 1 or str()};" * 10}">' for n in range(1, 12))
    body = "<p>&a; &b11; The bridge at Port Ellis opened.</p>"
    data = f"{entities}]><nitf><body><body.content>{body}</body.content></body></nitf>".encode()
    for item in articles(data, "a.xml"):
        assert "root:" not in item.text
        assert len(item.text) < 200


# -- web archives --------------------------------------------------------------


def test_only_pages_that_were_answered_with_200_are_articles() -> None:
    archive = samples.warc_gz(
        samples.warc_record(kind="request"),
        samples.warc_record(status="404 Not Found"),
        samples.warc_record(headers="Content-Type: image/png\r\n", body=b"\x89PNG"),
        samples.warc_record(headers="Content-Type: video/mp4\r\n", body=b"v" * 200_000),
        samples.warc_record(),
    )
    (item,) = articles(archive)
    assert item.text == samples.TEXT
    assert errors(archive) == []


@pytest.mark.parametrize("zipped", [False, True], ids=["plain", "gzipped"])
def test_an_archive_that_is_cut_off_gives_what_came_before(zipped: bool) -> None:
    records = samples.warc_record(), samples.warc_record(url=f"{samples.ADDRESS}/2")
    whole = samples.warc_gz(*records) if zipped else b"".join(records)
    assert len(articles(whole)) == 2
    assert len(articles(whole[:-60])) == 1
    assert len(errors(whole[:-60])) == 1


CHUNKED = b"%x\r\n%s\r\n0\r\n\r\n" % (len(samples.PAGE), samples.PAGE)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ("Content-Encoding: gzip\r\n", gzip.compress(samples.PAGE)),
        ("Content-Encoding: gzip\r\n", samples.PAGE),
        ("Transfer-Encoding: chunked\r\n", CHUNKED),
        ("Transfer-Encoding: chunked\r\n", samples.PAGE),
        ("Content-Encoding: br\r\n", samples.PAGE),
    ],
    ids=["gzip", "said gzip", "chunked", "said chunked", "said br"],
)
def test_a_body_is_unpacked_when_it_is_packed(headers: str, body: bytes) -> None:
    record = samples.warc_record(body=body, headers=f"Content-Type: text/html\r\n{headers}")
    (item,) = articles(record)
    assert item.text == samples.TEXT


def test_a_page_in_the_encoding_that_the_server_named() -> None:
    page = "<html><body><article><p>Die Brücke wurde am Donnerstag geöffnet.</p></article></body>"
    headers = "Content-Type: text/html; charset=cp1252\r\n"
    (item,) = articles(samples.warc_record(body=page.encode("cp1252"), headers=headers))
    assert "Brücke" in item.text


def test_what_does_not_match_its_hash_in_a_wacz_is_read_and_named() -> None:
    def packed(said: str, path: str = "archive/a.warc") -> bytes:
        resources = [{"path": path, "hash": f"sha256:{said}"}]
        return samples.zipped(
            {
                "archive/a.warc": samples.warc_record(),
                "datapackage.json": json.dumps({"resources": resources}).encode(),
            }
        )

    right = hashlib.sha256(samples.warc_record()).hexdigest()
    assert errors(packed(right), "a.wacz") == []
    wrong = packed("0" * 64)
    assert len(articles(wrong, "a.wacz")) == 1
    assert errors(wrong, "a.wacz") == [
        "/clippings/a.wacz!archive/a.warc: does not match its hash in datapackage.json:"
        " changed after it was packed"
    ]
    (missing,) = errors(packed(right, "archive/b.warc"), "a.wacz")
    assert "b.warc: is listed in datapackage.json, but missing" in missing


@pytest.mark.parametrize(
    ("field", "value"), [("headline", 42), ("title", ["x"]), ("body_text", {}), ("bodies", "x")]
)
def test_a_ninjs_document_with_a_field_of_the_wrong_kind_is_refused(
    field: str, value: object
) -> None:
    document = {"uri": "urn:x", "headline": "Rates fall", field: value}
    (reason,) = errors(json.dumps(document).encode(), "a.json")
    assert f"is no valid ninjs: “{field}” is" in reason


def test_of_a_wacz_only_the_listed_pages_are_articles_and_where_they_lead() -> None:
    moved = samples.warc_record(
        url="https://gannet.example/old",
        status="301 Moved",
        headers=f"Location: {samples.ADDRESS}\r\n",
        body=b"",
    )
    frame = samples.warc_record(url="https://ads.example/frame")
    archive = samples.wacz(
        frame, moved, samples.warc_record(), pages=("https://gannet.example/old",)
    )
    (item,) = articles(archive, "a.wacz")
    assert item.url == samples.ADDRESS


def test_every_capture_of_a_page_has_its_own_key() -> None:
    later = samples.warc_record(date="2024-07-01T08:00:00Z")
    found = articles(samples.warc_record() + later)
    assert len({item.key for item in found}) == 2
    assert len({item.url for item in found}) == 1


# -- zips -----------------------------------------------------------------------


def test_a_zip_in_a_zip_is_read_and_a_third_one_refused() -> None:
    one = samples.zipped({"a.txt": samples.WIRE})
    two = samples.zipped({"one.zip": one, "b.txt": samples.WIRE, "c.png": b"\x89PNG"})
    three = samples.zipped({"two.zip": two})
    assert len(articles(two)) == 2
    assert errors(two) == []
    assert len(articles(three)) == 1
    (error,) = errors(three)
    assert "too deep" in error


def test_a_member_that_leads_out_of_the_zip_is_refused_by_name() -> None:
    data = samples.zipped(dict.fromkeys(["../../etc/a.txt", "/b.txt", "c.txt"], samples.WIRE))
    assert len(articles(data)) == 1
    assert [error.rsplit(":")[-1] for error in errors(data)] == [
        " has a name that leads out of the zip"
    ] * 2


@pytest.mark.usefixtures("small_limits")
def test_a_bomb_is_stopped_and_the_others_are_kept() -> None:
    data = samples.zipped({"a.csv": b"title,text\n" + b"x" * 1_000_000, "b.txt": samples.WIRE})
    assert len(articles(data)) == 1
    (error,) = errors(data)
    assert "zip bomb" in error


def test_a_zip_of_too_many_files_is_refused() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for number in range(100_001):
            archive.writestr(f"{number}.txt", b"")
    (error,) = errors(stream.getvalue())
    assert error == "/clippings/file: holds more than 100,000 files"


def test_a_damaged_member_is_named_and_the_others_are_kept() -> None:
    data = bytearray(samples.zipped({"a.txt": samples.WIRE, "b.txt": samples.WIRE}))
    data[45] ^= 0xFF
    assert len(articles(bytes(data))) == 1
    (error,) = errors(bytes(data))
    assert error.startswith("/clippings/file!a.txt: cannot be unpacked")


# -- PDF ------------------------------------------------------------------------


def test_running_heads_go_and_parted_words_are_joined() -> None:
    pages = [
        ["The Gannet 20 June 2024", *(f"Line {p}{n} of the long re-" for n in range(4)), str(p)]
        for p in range(1, 6)
    ]
    for page in pages:
        page[2] = "port on the bridge, as it was told to us"
    (item,) = articles(samples.pdf(*pages), "a.pdf")
    assert "The Gannet" not in item.text
    assert "long report on the bridge" in item.text


def test_a_pdf_without_text_and_one_that_is_broken_are_refused() -> None:
    for data, reason in (
        (samples.pdf([]), "has no text layer"),
        (samples.pdf_article()[:300], "is not a readable PDF"),
        (b"%PDF-1.7 nothing", "is not a readable PDF"),
    ):
        (error,) = errors(data, "a.pdf")
        assert reason in error


@pytest.mark.parametrize("ending", ["csv", "json", "jsonl"])
def test_an_export_with_texts_comes_in_again(ending: str) -> None:
    from archive.export.registry import BY_ENDING

    about = replace(ABOUT, text=True)
    names = tuple(Evidence("byline", name, "feed: author") for name in STRIKE.byline)
    plain = replace(STRIKE, evidence=names)
    guarded = replace(plain, headline="-5 °C at the quay", text="=A1\n\nwas the whole story.")
    written = "".join(BY_ENDING[ending].write(about, map(entry, (plain, guarded))))
    first, second = map(composed, articles(written.encode(), f"export.{ending}"))
    for before, after in ((plain, first), (guarded, second)):
        for name in ("headline", "text", "byline", "source", "dateline", "language", "published"):
            assert getattr(after, name) == getattr(before, name), name
        assert set(before.topics) <= set(after.topics)
