"""Show objects in a notebook: short HTML without scripts, in which all text is escaped.

The colours are those of the notebook, so that it is readable on a dark background, too.
"""

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

#: Largest number of rows of a table.
MOST_ROWS = 20
_STYLE = Markup(
    "<style>"
    ".prosody-ser{font-size:13px;line-height:1.45;max-width:64em}"
    ".prosody-ser b{font-size:14px}"
    ".prosody-ser dl{display:grid;grid-template-columns:max-content 1fr;gap:0 1em;margin:.3em 0}"
    ".prosody-ser dt{opacity:.7;font-weight:normal}.prosody-ser dd{margin:0}"
    ".prosody-ser table{border-collapse:collapse;margin:.5em 0;font-size:inherit;font-variant-numeric:tabular-nums}"
    ".prosody-ser :is(th,td){padding:.1em .6em;border:0;text-align:right;font-size:inherit}"
    ".prosody-ser thead th{border-bottom:1px solid;font-weight:600}"
    ".prosody-ser :is(th:first-child,.text){text-align:left}.prosody-ser tbody th{font-weight:normal}"
    ".prosody-ser td.text:last-child{min-width:20em}"
    ".prosody-ser p{margin:.3em 0}.prosody-ser .notice{border-left:3px solid #d08000;padding-left:.6em}"
    "</style>"
)


def view(title: str, facts: Mapping[str, object], *parts: Markup, notice: str | None = None) -> str:
    """Return HTML that shows an object: a title, a line for each fact, tables, and a notice.

    Parameters
    ----------
    title : str
    facts : mapping of str to object
        Empty facts are left out.
    *parts : Markup
        From :func:`grid` and :func:`line`.
    notice : str, optional
        A highlighted text.

    Examples
    --------
    >>> view("Table", {"clips": "<2>"}).rpartition("</style>")[2]
    '<b>Table</b><dl><dt>clips</dt><dd>&lt;2&gt;</dd></dl></div>'
    """
    listed = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*fact) for fact in facts.items() if fact[1])
    html = Markup('<div class="prosody-ser">{}<b>{}</b>').format(_STYLE, title)
    html += Markup('<p class="notice">{}</p>').format(notice) if notice else ""
    html += Markup("<dl>{}</dl>").format(listed) + Markup("").join(parts) + Markup("</div>")
    return html.encode("utf-8", "backslashreplace").decode()  # names may contain bytes that are not text


def line(text: object) -> Markup:
    """Return a line of text."""
    return Markup("<p>{}</p>").format(text)


def grid(head: Sequence[str], rows: Iterable[Sequence[object]], text: Sequence[str] = ()) -> Markup:
    """Return a table; the first cell of a row is its name, and the columns in `text` contain text."""
    kinds = [Markup(' class="text"') if name in text else "" for name in head]
    named = Markup("").join(Markup("<th{}>{}</th>").format(*one) for one in zip(kinds, head, strict=True))
    body = Markup("").join(
        Markup("<tr><th>{}</th>{}</tr>").format(first, Markup("").join(map(_cell, rest, kinds[1:])))
        for first, *rest in rows
    )
    return Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(named, body)


def shaded(content: object, share: float) -> Markup:
    """Return a table cell with a background by a share from 0 to 1."""
    return Markup('<td style="background:rgba(70,130,200,{:.2f})">{}</td>').format(0.6 * share, content)


def _cell(content: object, kind: str) -> Markup:
    return content if isinstance(content, Markup) else Markup("<td{}>{}</td>").format(kind, content)


def ranged(value: float, ends: Sequence[float] | None) -> str:
    """Format a score with its interval, if there is one."""
    return f"{value:.3f}" + (f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else "")
