"""Tables, sections and remarks in HTML, for pages that are made of nothing else."""

from collections.abc import Sequence

from markupsafe import Markup

from ..number_format import one_line

_LOUD = ("NOTE: ", "WARNING: ")


def table(header: Sequence[str], rows: Sequence[Sequence[str]], n_left: int = 1) -> Markup:
    """A table that scrolls by itself where it is too wide; its first columns flush left.

    Parameters
    ----------
    header : sequence of str
    rows : sequence of sequence of str
        As many cells each as the header.
    n_left : int
    """
    head = Markup("").join(
        Markup('<th scope="col"{}>{}</th>').format(_left(i < n_left), one_line(cell)) for i, cell in enumerate(header)
    )
    lines = Markup("\n").join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            one_line(row[0]),
            Markup("").join(
                Markup("<td{}>{}</td>").format(_left(i < n_left), one_line(cell)) for i, cell in enumerate(row[1:], 1)
            ),
        )
        for row in rows
    )
    return Markup(
        '<div class="scroll" tabindex="0"><table>\n<thead><tr>{}</tr></thead>\n<tbody>\n{}\n</tbody></table></div>'
    ).format(head, lines)


def section(title: str, body: str) -> Markup:
    """What stands under a heading; `body` is HTML."""
    return Markup("<section>\n<h2>{}</h2>\n{}\n</section>").format(
        one_line(title[:1].upper() + title[1:]), Markup(body)
    )


def remark(text: str) -> Markup:
    """A sentence that stands by itself; a loud one (``NOTE:``, ``WARNING:``) in a box."""
    loud = Markup(' class="banner warn" role="note"') if text.startswith(_LOUD) else ""
    return Markup("<p{}>{}</p>").format(loud, one_line(text))


def _left(left: bool) -> str:
    return Markup(' class="left"') if left else ""
