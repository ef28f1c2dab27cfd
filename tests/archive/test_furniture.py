import pytest

from archive.ingest.furniture import is_furniture, leads_elsewhere, without_furniture


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


@pytest.mark.parametrize(
    "line",
    [
        "Kommentar schreiben",
        "12 Kommentare",
        "Auf Facebook teilen",
        "Lesen Sie auch: Die Fähre fährt wieder",
        "Laisser un commentaire",
        "À lire aussi : le bac repart",
        "Tous droits réservés",
        "Deja un comentario",
        "Lea también: El barco zarpa de nuevo",
        "Suscríbete a nuestro boletín",
        "Lascia un commento",
        "Leggi anche: il traghetto riparte",
        "Deixe um comentário",
        "Leia também: A balsa volta",
        "Plaats een reactie",
        "Lees ook: De veerboot vaart weer",
    ],
)
def test_a_label_in_another_language_is_furniture(line: str) -> None:
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "Mehr zum Thema wollte er nicht sagen.",
        "Lees meer boeken, zei de minister tegen de kinderen.",
        "Vea usted mismo, dijo el capitán.",
        "Partager le pain est un vieux rite du port.",
        "Delen van de haven stonden blank.",
        "Stampa estera a parte, nessuno venne.",
    ],
)
def test_a_sentence_in_another_language_is_the_articles_own(line: str) -> None:
    assert not is_furniture(line)


def test_a_line_with_a_link_leads_elsewhere_only_by_a_label_and_a_mark() -> None:
    assert leads_elsewhere("Related: Ferry sold")
    assert leads_elsewhere("Read more » Ferry sold")
    assert not leads_elsewhere("More ferries were sold than ever")
    assert not leads_elsewhere("Lea el informe completo")
