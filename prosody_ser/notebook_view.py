"""What a notebook shows of an object: short HTML without scripts, of pieces that escape whatever they are given.

Colours are the notebook's own, so that it reads on dark ground too.
"""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup, escape

#: Rows of a table, at the most.
MOST_ROWS = 20
_STYLE = Markup(
    "<style>"
    ".prosody-ser{font-size:13px;line-height:1.45;max-width:64em}"
    ".prosody-ser b{font-size:14px}"
    ".prosody-ser dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1em;margin:.3em 0}"
    ".prosody-ser dt{opacity:.7;font-weight:normal}.prosody-ser dd{margin:0}"
    ".prosody-ser table{border-collapse:collapse;margin:.5em 0;font-variant-numeric:tabular-nums}"
    ".prosody-ser :is(th,td){padding:.1em .6em;border:0;text-align:right;font-size:inherit}"
    ".prosody-ser thead th{border-bottom:1px solid;font-weight:600}"
    ".prosody-ser :is(tbody th,.text){text-align:left;font-weight:normal}"
    ".prosody-ser p{margin:.3em 0}.prosody-ser .notice{border-left:3px solid #d08000;padding-left:.6em}"
    "</style>"
)


def view(title: str, facts: Mapping[str, object], *parts: Markup, notice: str | None = None) -> str:
    """An object in short: what it is, a line for each fact, its tables, and what must be said of it.

    Parameters
    ----------
    title : str
    facts : mapping of str to object
        Empty ones are left out.
    *parts : Markup
        From :func:`grid` and :func:`line`.
    notice : str, optional
        Stands out.

    Returns
    -------
    str

    Examples
    --------
    >>> view("Table", {"clips": "<2>"}).rpartition("</style>")[2]
    '<b>Table</b><dl><dt>clips</dt><dd>&lt;2&gt;</dd></dl></div>'
    """
    listed = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*fact) for fact in facts.items() if fact[1])
    found = Markup('<div class="prosody-ser">{}<b>{}</b>').format(_STYLE, title)
    found += Markup('<p class="notice">{}</p>').format(notice) if notice else ""
    found += Markup("<dl>{}</dl>").format(listed) + Markup("").join(parts) + Markup("</div>")
    return found.encode("utf-8", "backslashreplace").decode()  # names may hold bytes that are no text


def line(text: object) -> Markup:
    """A line of text."""
    return Markup("<p>{}</p>").format(text)


def grid(head: Sequence[object], rows: Iterable[Sequence[object]]) -> Markup:
    """A table: the first cell of a row names it; cells that :func:`cell` did not make are numbers."""
    columns = Markup("").join(Markup("<th>{}</th>").format(name) for name in head)
    body = Markup("").join(
        Markup("<tr><th>{}</th>{}</tr>").format(first, Markup("").join(map(_cell, rest))) for first, *rest in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(columns, body)


def cell(content: object, share: float | None = None, *, text: bool = False) -> Markup:
    """A cell, coloured by a share from 0 to 1; text stands at its left."""
    shade = "" if share is None else f"background:rgba(70,130,200,{0.6 * share:.2f})"
    return Markup('<td class="{}" style="{}">{}</td>').format("text" if text else "", shade, content)


def _cell(content: object) -> Markup:
    return content if isinstance(content, Markup) else Markup("<td>{}</td>").format(escape(content))


def ranged(value: float, ends: Sequence[float] | None) -> str:
    """A score with its interval, where there is one."""
    return f"{value:.3f}" + (f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else "")
