import warnings

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.ingest.markup import fold_paragraphs, fragment_text, soup_text
from tests.examples import examples


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("Plain words", "Plain words"),
        ("one\ntwo\n\nthree", "one two\n\nthree"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One</p>two", "One\n\ntwo"),
        ("One<p>two", "One\n\ntwo"),
        ("<p>O<b>n</b>e <i>two</i></p>", "One two"),
        ("one<br>two", "one two"),
        ("one<br><br>two", "one\n\ntwo"),
        ("one<br> <br>two", "one\n\ntwo"),
        ("<ul><li>One<li>Two</ul>", "One\n\nTwo"),
        ("<table><tr><td>a<td>b</table>", "a b"),
        ("A &amp; B &lt;b&gt;", "A & B <b>"),
        ("<p>a</p><script>alert(1)</script><style>p{}</style><p>b</p>", "a\n\nb"),
        ("<p>a<!-- hidden --></p>", "a"),
        ("<img src=x onerror=alert(1)>a", "a"),
        ("AT&T", "AT&T"),
        ("report.html & more", "report.html & more"),
    ],
)
def test_html_becomes_paragraphs_of_text(html: str, text: str) -> None:
    assert fragment_text(html) == text


def test_deep_nesting_is_no_trouble() -> None:
    assert fragment_text("<div>" * 5000 + "deep" + "</div>" * 5000) in ("deep", "")
    assert fragment_text("<b>" * 200 + "deep") == "deep"


@settings(max_examples=examples(100), deadline=None)
@given(st.text(alphabet=st.characters(exclude_characters="\0"), max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold_paragraphs(text)
    assert fold_paragraphs(once) == once
    assert once.split() == text.split()


@settings(max_examples=examples(150), deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<br>", "<b", ">", "&", "<!--", "\0", "word ", "<script>", "é"]
        ),
        max_size=25,
    ).map("".join)
)
def test_any_markup_is_read(html: str) -> None:
    text = fragment_text(html)
    assert "\0" not in text
    assert "\n\n\n" not in text


_PIECES = """
    <p> </p> <br> <b <b> </b> > & <!-- --> <script> </script> word é <div> </div> <td> <table>
    <tr> </table> <svg> </svg> <ul><li> &amp; &lt; <form> </form> <pre> </pre> <?pi?> <html>
    <body> </body> </html> <h1> </h1> <title> </title> <o:p> ]]> <![CDATA[ <textarea> <noscript>
    &nbsp; &#0; <iframe> </iframe> <style> <template> <p/> \ufeff
"""


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(st.sampled_from([*_PIECES.split(), " ", "\n\n", "<!DOCTYPE html>"]), max_size=25).map(
        "".join
    )
)
def test_the_text_is_the_one_that_a_tree_of_beautiful_soup_holds(html: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = BeautifulSoup(html, "lxml")
    if "<" in html or "&" in html:
        assert fragment_text(html) == soup_text(tree)
