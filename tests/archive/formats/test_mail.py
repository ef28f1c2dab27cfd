"""What of a newsletter is its text."""

import pytest

from tests.archive.formats import samples
from tests.archive.formats.conftest import articles

TEXT = f"{samples.FIRST}\n\n{samples.SECOND}"


def body(*paragraphs: str) -> str:
    inside = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    mail = f"Subject: Talks\nMIME-Version: 1.0\nContent-Type: text/html\n\n<html>{inside}</html>"
    (item,) = articles(mail.encode(), "a.eml")
    return item.text


@pytest.mark.parametrize(
    "above",
    [
        "View in browser",
        "Trouble reading this? View it in your browser.",
        "Read online",
        "Im Browser ansehen",
        "Voir dans votre navigateur",
    ],
)
@pytest.mark.parametrize(
    "below",
    [
        "Unsubscribe · You receive this because you signed up.",
        "You are receiving this email as a reader of The Gannet.",
        "Update your preferences",
        "Newsletter abbestellen",
        "Se désabonner",
    ],
)
def test_notices_about_the_mail_itself_are_no_text(above: str, below: str) -> None:
    assert body(above, samples.FIRST, samples.SECOND, below) == TEXT


def test_such_words_in_the_midst_of_a_newsletter_are_its_own() -> None:
    within = "Readers may unsubscribe from the harbour board's bulletin."
    assert body(samples.FIRST, within, samples.SECOND) == TEXT.replace("\n\n", f"\n\n{within}\n\n")


def test_a_mail_of_nothing_but_notices_keeps_one() -> None:
    assert body("View in browser", "Unsubscribe") == "Unsubscribe"
