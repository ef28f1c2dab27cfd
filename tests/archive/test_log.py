"""The log: an event is a line, in either form, whatever is in it."""

import json
import logging
import shlex
import sys
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from archive import log
from archive.log import Form, Lines

ODD = st.text(
    st.one_of(st.characters(), st.sampled_from('\n\r\x00\x1b\x85\u2028\u202e"\\= ')), max_size=60
)


def line(form: Form, name: str, known: tuple[str, ...] = (), **fields: object) -> str:
    record = logging.LogRecord("test", logging.INFO, "", 0, name, None, None)
    record.fields = fields
    return Lines(form, known).format(record)


@given(value=ODD)
def test_an_event_in_json_is_one_line_and_says_what_was_said(value: str) -> None:
    told = line("json", "update.source", address=value, new=3, well=True)
    assert len(told.splitlines()) == 1
    assert told.isprintable()
    read = json.loads(told)
    assert read["event"] == "update.source"
    assert (read["new"], read["well"]) == (3, True)


@given(value=ODD)
def test_an_event_as_text_is_one_line_of_names_and_values(value: str) -> None:
    told = line("text", "update.source", address=value, new=3)
    assert len(told.splitlines()) == 1
    assert told.isprintable()
    assert told.endswith(" new=3")


def test_a_value_with_spaces_stands_in_quotation_marks() -> None:
    told = line("text", "update.source", reason='is not "there"', took_s=1.5, none=None)
    assert shlex.split(told)[2:] == [
        "event=update.source",
        'reason=is not "there"',
        "took_s=1.5",
    ]


@given(secret=st.from_regex(r"[A-Za-z0-9]{12,30}", fullmatch=True))
def test_no_form_tells_a_secret(secret: str) -> None:
    for form in ("text", "json"):
        told = line(
            form,
            "x",
            (secret,),
            address=f"https://u:{secret}@h/?token={secret}",
            message=f"Authorization: Basic {secret}",
            plain=f"said {secret}",
        )
        assert secret not in told


def written(form: Form, level: str = "warning") -> tuple[logging.Logger, StringIO]:
    stream = StringIO()
    log.configure(form, level, ["sesame-open"], stream)
    return logging.getLogger("tests.log"), stream


def test_a_traceback_is_a_field_of_its_line() -> None:
    for form in ("text", "json"):
        logger, stream = written(form)
        try:
            raise ValueError("https://u:hunter22@h/ and sesame-open\nin two lines")
        except ValueError:
            logger.exception("a page failed")
        told = stream.getvalue()
        assert told.count("\n") == 1
        assert "test_log.py" in told
        assert "hunter22" not in told
        assert "sesame-open" not in told
    assert "ValueError" in json.loads(told)["traceback"]
    log.configure(stream=sys.stderr)


def test_what_libraries_say_is_an_event_too() -> None:
    logger, stream = written("json")
    logger.warning("%s is %s", "this", "so")
    logger.info("not told")
    log.event(logger, logging.INFO, "not.told")
    log.event(logger, logging.WARNING, "told", a=1, b=None)
    log.configure(stream=sys.stderr)
    said, told = map(json.loads, stream.getvalue().splitlines())
    assert (said["event"], said["message"], said["logger"]) == (
        "message",
        "this is so",
        "tests.log",
    )
    assert {name: told[name] for name in ("level", "event", "a")} == {
        "level": "warning",
        "event": "told",
        "a": 1,
    }
    assert "b" not in told
