import pytest

from archive.ingest.furniture import is_furniture, without_furniture


@pytest.mark.parametrize(
    "line",
    [
        "Leave a comment",
        "LEAVE A REPLY",
        "[Share this article]",
        "Share on Facebook",
        "Advertisement",
        "Read more: Ten plays for a wet June",
        "Related articles",
        "Most read",
        "Sign up for our newsletter",
        "Subscribe now",
        "Follow us on Twitter",
        "We use cookies to count our readers",
        "© The Gannet 2024",
        "All rights reserved.",
        "Back to top",
        "Skip to content",
        "» Click here to read on",
    ],
)
def test_a_line_of_the_site_is_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "They asked him to leave a comment, and he did.",
        "Share prices fell on Monday.",
        "Related deaths rose to nine, the ministry said.",
        "Copyright is the law's way of saying thank you, she said." + " So it is." * 5,
        "More than nine ships were lost.",
        "Advertising sales fell by nine per cent.",
        "Save the whales, he cried.",
        "Most people stayed at home.",
    ],
)
def test_a_sentence_is_the_articles_own(line: str) -> None:
    assert not is_furniture(line)


def test_only_furniture_goes() -> None:
    text = "One.\n\nAdvertisement\n\nTwo.\nLeave a comment\nThree.\n\nShare this story"
    assert without_furniture(text) == "One.\n\nTwo.\nThree."
