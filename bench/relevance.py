"""`relevance`: how well the best articles come first, beside plain BM25 and stock Whoosh."""

import click

from bench.quality.relevance import measure
from bench.quality.scores import below, floors
from bench.show import print_json, print_table


@click.command(epilog="Example: python -m bench relevance --json")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def relevance(as_json: bool) -> None:
    """MAP and nDCG@10 on TIME and Cranfield, as Morgue ranks by default, and with related words.

    The same figures are part of `quality`, which pins their floors.
    """
    scores = list(measure(peers=True))
    pinned = floors()
    if as_json:
        print_json(
            {
                "scores": [
                    {
                        "name": score.name,
                        "value": score.value,
                        "questions": score.cases,
                        "reach": score.reach,
                        "floor": pinned.get(score.name),
                        "plain": dict(score.plain),
                    }
                    for score in scores
                ],
                "below": [score.name for score in below(scores, pinned)],
            }
        )
        return
    peers = list(scores[0].plain)
    print_table(
        "Relevance (all questions of each collection)",
        ("score", "Morgue", "reach", *peers, "questions"),
        (
            (
                score.name,
                f"{score.value:.4f}",
                "" if score.reach is None else f"{score.reach:.3f}",
                *(f"{score.plain[peer]:.4f}" for peer in peers),
                score.cases,
            )
            for score in scores
        ),
    )
