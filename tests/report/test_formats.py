"""Reports of results with and without each block: they are complete and correct, and no text becomes markup."""

import base64
import copy
import hashlib
import json
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from markdown_it import MarkdownIt

from prosody_ser import Result, result_html, result_latex, result_markdown, result_text
from prosody_ser.colours import ENOUGH, contrast, ink_on, mixed
from prosody_ser.corpus_names import OWN_RECORDINGS
from prosody_ser.datasets.corpora.registry import CORPORA
from prosody_ser.errors import ProsodySerError
from prosody_ser.plots.scores import headline
from prosody_ser.report import last_line
from prosody_ser.report.formats import FORMATS
from prosody_ser.report.html.mistakes import worst_confusions
from prosody_ser.report.html.palette import SCHEMES, STEPS
from prosody_ser.results import read_result
from prosody_ser.tables.feature_table import SYNTHETIC_NOTICE
from tests.support.command_line import assert_refused
from tests.support.folders import files_in
from tests.support.full_result import small_result, with_every_block
from tests.support.schemas import json_schema, validator

SCHEMA = json_schema("result")

VALIDATOR = validator("result")
#: What Markdown's text may consist of.
PLAIN = ("text", "text_special", "softbreak", "em_open", "em_close", "strong_open", "strong_close")
VOID = {"meta", "wbr", "col", "br"}


class Page(HTMLParser):
    """A parsed page, in which every element is closed in order."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.ids, self.links, self.text, self.style = [], [], [], [], [], ""
        self.attributes = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if "href" in given else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]

    def handle_endtag(self, tag):
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def small():
    return small_result()


@pytest.fixture(scope="module")
def full(small):
    return with_every_block(small)


def changed(data, path, change):
    """A copy of `data` in which `change` was applied to the object at `path`."""
    data = copy.deepcopy(data)
    inner = data
    for key in path:
        inner = inner[key]
    change(inner)
    return data


def objects(data, schema=SCHEMA, path=()):
    """Every object of a result with its place and its schema."""
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    for choice in schema.get("oneOf", ()):
        if choice.get("type") != "null":
            yield from objects(data, choice, path)
    if isinstance(data, dict) and "properties" in schema:
        yield path, data, schema
        for key in data:
            yield from objects(data[key], schema["properties"].get(key, {}), (*path, key))
    elif isinstance(data, dict) and isinstance(schema.get("additionalProperties"), dict):
        for key in list(data)[:1]:
            yield from objects(data[key], schema["additionalProperties"], (*path, key))
    elif isinstance(data, list) and data:
        yield from objects(data[0], schema.get("items", {}), (*path, 0))


def may_be_null(schema):
    while "$ref" in schema:
        schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
    return "null" in schema.get("type", ()) or {"type": "null"} in schema.get("oneOf", ())


def assert_whole(data, valid=True):
    assert not valid or not list(VALIDATOR.iter_errors(data))
    page = Page(result_html(Result(data)))
    texts = [page.words.replace("missing_values = nan", ""), result_markdown(Result(data)), result_latex(Result(data))]
    for text in texts:
        assert not re.search(r"\b(None|nan|inf|Undefined|object at)\b", text)
    assert_balanced(texts[2])
    assert_tables(texts[1])
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    return page


def assert_balanced(latex):
    plain = re.sub(r"\\.", "", latex)
    assert plain.count("{") == plain.count("}")
    assert latex.count(r"\begin{") == latex.count(r"\end{") == 6
    for body in re.findall(r"\\toprule\n(.*?)\\bottomrule", latex, flags=re.S):
        rows = [row for row in body.splitlines() if row != r"\midrule"]
        assert all(row.endswith(r" \\") for row in rows)
        assert len({len(re.findall(r"(?<!\\)&", row)) for row in rows}) == 1


def assert_tables(markdown):
    """Three tables, each row as long as its header, and no HTML."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    kinds = [token.type for token in tokens]
    assert kinds.count("table_open") == 3
    assert "html_block" not in kinds
    for token in tokens:
        for child in token.children or ():
            assert child.type in PLAIN
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    lengths = {len(re.findall(r"(?<!\\)\|", row)) for row in rows}
    assert len(lengths) <= 3


def test_the_example_has_everything_and_keeps_to_the_schema(full):
    VALIDATOR.validate(full)
    assert set(full) == set(SCHEMA["properties"])


def test_a_real_result_and_one_with_everything_are_whole(small, full):
    assert_whole(small)
    page = assert_whole(full)
    for heading in ("answer", "protocol", "emotions", "mistakes", "speakers", "groups", "importances", "drop"):
        assert heading in page.ids
    for heading in ("selection", "profile", "in-sample", "audit", "calibration", "permutation", "tuning", "naive"):
        assert heading in page.ids


def test_right_without_each_optional_key(full):
    removed = []
    for path, inner, schema in objects(full):
        for key in inner:
            if key not in schema.get("required", ()) and (path or key in SCHEMA["properties"]):
                assert_whole(changed(full, path, lambda inner, key=key: inner.pop(key)))
                removed.append(key)
    assert {"intervals", "alongside", "weighted_f1", "row_shares", "n_repeats", "importances", "naive"} <= set(removed)


def test_right_with_null_wherever_it_may_stand(full):
    made_null = 0
    for path, inner, schema in objects(full):
        for key in inner:
            if may_be_null(schema["properties"].get(key, {})):
                assert_whole(changed(full, path, lambda inner, key=key: inner.update({key: None})))
                made_null += 1
    assert made_null > 20


def test_every_required_key_that_lacks_is_named(full, tmp_path):
    for path, inner, schema in objects(full):
        for key in schema.get("required", ()):
            if key in inner and key not in ("schema", "schema_version"):
                broken = changed(full, path, lambda inner, key=key: inner.pop(key))
                (tmp_path / "broken.json").write_text(json.dumps(broken))
                with pytest.raises(ProsodySerError, match=f"not a complete result.*{key}"):
                    read_result(tmp_path / "broken.json")


def test_parts_that_do_not_fit_are_named(full, tmp_path):
    def spoilt(path, change):
        (tmp_path / "r.json").write_text(json.dumps(changed(full, path, change)))
        return pytest.raises(ProsodySerError, match=r"^[^\n]*not a complete result[^\n]*$"), tmp_path / "r.json"

    for path, change in (
        (("confusion", "counts"), lambda counts: counts.pop()),
        (("confusion", "counts", 0), lambda row: row.append(1)),
        (("per_class",), lambda rows: rows.pop("class1")),
        (("alongside", 0, "per_class"), lambda rows: rows.pop("class1")),
        (("protocol", "steps"), lambda steps: steps.clear()),
        (("naive",), lambda naive: naive.update(inflation_of_uar=float("nan"))),
        ((), lambda data: data.update(uar=1.5)),
        ((), lambda data: data.update(clips={"x" * 500: 1})),
    ):
        refused, file = spoilt(path, change)
        with refused:
            read_result(file)


def test_no_network_no_script_and_the_browser_holds_to_it(full):
    text = result_html(Result(full))
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", text)
    assert all(link.startswith("#") for link in page.links)
    names = {name for _, name, _ in page.attributes}
    assert not {"style", "src"} & names
    assert not {name for name in names if name.startswith("on")}
    (policy,) = (value for tag, name, value in page.attributes if name == "content" and "default-src" in value)
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in policy


def test_headings_descend_and_tables_name_their_rows_and_columns(full):
    text = result_html(Result(full))
    page = Page(text)
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(set(page.ids)) == len(page.ids)
    for table in re.findall(r"<table.*?</table>", text, flags=re.S):
        assert all("scope=" in th for th in re.findall(r"<th\b[^>]*>", table))
    for svg in re.findall(r"<svg\b[^>]*>", re.sub(r"(?s)(<svg\b[^>]*>)(?:(?!</svg>).)*<svg", r"\1", text)):
        assert "aria-" in svg or "overflow" in svg
    assert page.tags.count("main") == 1


def test_no_table_widens_the_page_and_folded_cells_say_what_they_are(full):
    """On a phone each table scrolls in a box of its own, or its rows fold and each cell names its column."""
    text = result_html(Result(full))
    boxes = re.findall(r'<div class="scroll".*?</div>', text, flags=re.S)
    assert sum(box.count("<table") for box in boxes) == text.count("<table")
    folded = re.findall(r'<table class="[^"]*fold".*?</table>', text, flags=re.S)
    assert len(folded) >= 6
    for table in folded:
        columns = re.findall(r"<th scope=\"col\"([^>]*)>(.*?)</th>", table, flags=re.S)
        titles = [" ".join(Page(title).words.split()) for attributes, title in columns if "draw" not in attributes][1:]
        for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", table, flags=re.S):
            cells = [name for name in re.findall(r"<td([^>]*)>", row) if "draw" not in name]
            assert [re.search('data-name="(.*?)"', cell)[1] for cell in cells] == titles


def test_bins_of_few_clips_are_hollow_and_marked(full):
    rows = [
        {"low": 0.3, "high": 0.4, "n": 3, "mean_confidence": 0.35, "accuracy": 1.0},
        {"low": 0.9, "high": 1.0, "n": 400, "mean_confidence": 0.95, "accuracy": 0.9},
    ]
    for bins, n_few in ((rows, 1), (rows[1:], 0)):
        text = result_html(Result(full | {"calibration": full["calibration"] | {"bins": bins}}))
        assert text.count('<circle class="dot few"') == text.count('<rect class="bar few"') == n_few
        assert ("fewer than 20 clips" in Page(text).words) == bool(n_few)
    assert "0.87 to 0.93" in text  # Wilson, of 360 among 400


def test_the_page_says_what_the_result_holds(full):
    words = Page(result_html(Result(full))).words
    low, high = full["intervals"]["uar"]
    for expected in (
        f"{full['uar']:.3f}",
        f"interval {low:.3f} to {high:.3f}",
        f"chance {full['chance']:.3f}",
        full["protocol"]["track_note"],
        full["alongside"][0]["track_note"],
        "3 rows because the emotion is not labelled",
        "Maximum iterations reached",
        "p = 0.002",
        full["audit"][0]["sentence"],
        full["audit"][0]["effect"],
        full["in_sample"]["warning"][1:],
        full["profile"]["method"],
        full["protocol"]["split_hash"],
        f"{full['calibration']['ece']:.3f}",
    ):
        assert expected in words
    for fold in full["protocol"]["folds"]:
        assert fold["test_speakers"][0] in words
    numbers = re.findall(r'<td class="[bo]\d+( hit)?">(\d+)<small>', result_html(Result(full)))
    counts = [n for row in full["confusion"]["counts"] for n in row]
    assert [int(n) for _, n in numbers[: len(counts)]] == counts


def test_intervals_of_earlier_releases_are_shown_with_their_own_method(full):
    former = {key: ends for key, ends in full["intervals"].items() if key != "reference"}
    former |= {"method": "percentile bootstrap over speakers", "n_resamples": 2000}
    data = full | {"intervals": former}
    validator("result").validate(data)
    for write in FORMATS.values():
        assert "percentile bootstrap over speakers, 2,000 resamples" in write(Result(data))


def test_few_speakers_have_no_interval_and_it_says_so(small):
    data = small | {"intervals": None, "interval_note": "too few speakers for an interval"}
    for text in (Page(result_html(Result(data))).words, result_markdown(Result(data)), result_latex(Result(data))):
        assert "No interval: too few speakers for an interval." in text


def test_synthetic_speech_is_noted_before_any_score(full):
    data = full | {"notice": SYNTHETIC_NOTICE}
    html = result_html(Result(data))
    notice = html.index("say nothing about people", html.index("<body>"))
    assert notice < html.index('<p class="uar">')
    assert "synthetic speech" in html[html.index("<title>") : html.index("</title>")]
    assert result_markdown(Result(data)).count("say nothing about people") == 3
    assert result_latex(Result(data)).count(r"\caption{\textbf{Synthetic speech") == 3


def test_folds_are_numbered_from_1_and_the_mean_is_that_of_the_rows(full):
    text = result_text(Result(full))
    rows = [line.split() for line in text.partition("inner UAR  outer UAR")[2].splitlines()[1:]]
    n_folds = len(full["tuning"]["folds"])
    assert [row[0] for row in rows[: n_folds + 1]] == [*map(str, range(1, n_folds + 1)), "mean"]
    for column in (1, 2):
        values = [float(row[column]) for row in rows[:n_folds]]
        assert float(rows[n_folds][column]) == pytest.approx(sum(values) / n_folds, abs=0.0011)
    assert f"the score, over the clips of all folds: UAR {full['uar']:.3f}" in text
    assert '<tr><th scope="row">0</th>' not in result_html(Result(full))


def test_what_cannot_be_higher_lower_or_computed_is_said(full):
    data = copy.deepcopy(full)
    data["permutation"]["p_value"] = 0.25
    assert "smallest possible p" not in result_text(Result(data))
    data["permutation"] |= {"n_permutations": 5, "p_value": 1 / 6}
    assert "(the smallest possible p with 5 runs)" in result_text(Result(data))
    label = data["labels"][0]
    assert "never predicted" not in result_text(Result(data))
    data["per_class"][label]["precision"] = None
    assert f"precision - : never predicted ({label})" in result_text(Result(data))
    for step in data["naive"]["steps"]:
        step["difference_of_uar"] = 0.01
    assert "it may also lower it" not in result_text(Result(data))
    data["naive"]["steps"][0]["difference_of_uar"] = -0.045
    assert "it may also lower it, by chance" in result_text(Result(data)).replace("\n  ", " ")
    data["protocol"]["steps"][-1]["parameters"] = {"C": 1.0, "probability": "deprecated"}
    assert "deprecated" not in result_html(Result(data))


def test_an_error_of_the_audit_is_shown_before_any_score_and_in_the_last_line(full):
    assert "reliable" not in last_line(Result(full), "t.csv")
    data = changed(full, ("audit", 0), lambda finding: finding.update(severity="error"))
    end = ": on held-out speakers of t.csv. The leak audit found 1 error: the scores are not reliable."
    assert last_line(Result(data), "t.csv").replace("\n  ", " ").endswith(end)
    html = result_html(Result(data))
    assert html.index("not reliable") < html.index('<p class="uar">')
    for text in (result_markdown(Result(data)), result_latex(Result(data))):
        assert "not reliable" in text


def test_the_answer_has_the_numbers_of_the_tables(full):
    words = Page(result_html(Result(full))).words
    assert f"(unweighted average recall) of {full['uar']:.3f}." in words
    assert f"guessing would reach {full['chance']:.3f}." in words


def test_what_a_leaking_protocol_claims_looks_like_no_score(full):
    wrong = {"inflated_uar": 0.9876, "inflated_accuracy": 0.9765}
    steps = [step | {"claimed_uar": 0.9876, "interval_of_uar": None} for step in full["naive"]["steps"]]
    data = changed(full, ("naive",), lambda naive: naive.update(wrong, steps=steps))
    html = result_html(Result(data))
    for number in ("0.988", "0.976", "0.977"):
        assert all(f"<s>({number})</s>" in html[i - 5 : i + 10] for i in (m.start() for m in re.finditer(number, html)))
        assert number not in result_markdown(Result(data)) + result_latex(Result(data))
    assert html.index("0.988") > html.index('class="not-a-score"')


def test_a_naive_block_of_an_earlier_release_is_shown_with_a_note_that_it_counts_all_rows(full, tmp_path):
    data = changed(full, ("naive",), lambda naive: naive.pop("steps"))
    (tmp_path / "former.json").write_text(json.dumps(data))
    former = read_result(tmp_path / "former.json")
    page = assert_whole(data).words
    for words in (page, " ".join(result_text(former).split())):
        assert f"({data['naive']['inflated_uar']:.3f})" in words
        assert "count synthetic rows and augmented copies as well" in words
        assert "count synthetic rows" not in Page(result_html(Result(full))).words


HOSTILE = "</td></style><script>alert(1)</script><!-- \"'&amp;|`*\\{}$%#^~[x](y)\u202e\x00\udcff"


def hostile(data, key=None):
    """`data` with markup put before every text that is not one of a few fixed words."""
    fixed = ("schema", "track", "severity", "score_kind", "statistic", "name", "variant", "split_hash")
    if isinstance(data, dict):
        names = key in ("per_class", "per_speaker", "scores", "left_out", "warnings", "groups_of", "parameters")
        return {
            HOSTILE + k if names else k: hostile(v, "groups_of" if k == "groups" and "gap" in data else k)
            for k, v in data.items()
        }
    if isinstance(data, list):
        return [hostile(value, key) for value in data]
    return HOSTILE + data if isinstance(data, str) and key not in fixed else data


def test_nothing_in_a_result_becomes_markup(full, tmp_path):
    noticed = full | {"notice": "n", "importances": full["importances"] | {"notice": "n"}}
    plain = Page(result_html(Result(noticed)))
    spoilt = hostile(noticed)
    row = {"rank": 1, "feature": HOSTILE, "family": HOSTILE, "coefficients": {HOSTILE: 1.0}}
    spoilt["in_sample"]["features"] = [row]
    page = assert_whole(spoilt, valid=False)  # words that the schema fixes are hostile too
    assert "script" not in page.tags
    assert set(page.tags) == set(plain.tags)
    assert [tag for tag, name, _ in page.attributes if name.startswith("on")] == []
    page.words.encode()
    markdown = "".join(
        token.content for token in MarkdownIt("commonmark").enable("table").parse(result_markdown(Result(spoilt)))
    )
    assert "script" in markdown  # as text
    for name, write in FORMATS.items():
        (tmp_path / name).write_text(write(Result(spoilt)), encoding="utf-8")


@pytest.mark.slow
def test_latex_compiles(full, tmp_path):
    if shutil.which("pdflatex") is None:
        pytest.skip("needs pdflatex")
    named = "[a\\b_c%d&e#f$g{h}i^j~k\"l'm`n<o>p|q*r--s,,t''u-\N{MINUS SIGN}\N{EN DASH}"
    spoilt = json.loads(json.dumps(full).replace('"class1"', json.dumps(named)).replace('"class2"', '"*äöß é"'))
    assert named in spoilt["per_class"]
    (tmp_path / "tables.tex").write_text(result_latex(Result(spoilt)), encoding="utf-8")
    (tmp_path / "paper.tex").write_text(
        r"\documentclass{article}\IfFileExists{booktabs.sty}{\usepackage{booktabs}}{\let\toprule\hline"
        r"\let\midrule\hline\let\bottomrule\hline}\begin{document}\input{tables}\end{document}"
    )
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper.tex"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "Missing character" not in (tmp_path / "paper.log").read_text(errors="replace")


def test_the_same_result_gives_the_same_bytes(full, tmp_path):
    Result(full).write(tmp_path / "r.json")
    script = (
        "import sys, hashlib; from prosody_ser.results import read_result; "
        "from prosody_ser.report.formats import FORMATS; r = read_result('r.json'); "
        "print([hashlib.sha256(f(r).encode()).hexdigest() for f in FORMATS.values()])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    }
    assert len(outputs) == 1


def test_colours_can_be_read():
    for colours in SCHEMES.values():
        for hue in "bo":
            for step in range(STEPS + 1):
                ground = mixed(colours["paper"], colours[hue], step / STEPS)
                assert contrast(ink_on(ground), ground) >= ENOUGH
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # WebAIM's own example


def test_text_can_be_read_light_and_dark(full):
    style = Page(result_html(Result(full))).style
    blocks = re.findall(r":root \{(.*?)\}", style, flags=re.S)[:2]
    light, dark = (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in blocks)
    for colours in (light, dark):
        for ground in ("paper", "page", "note-ground"):
            for ink in ("ink", "quiet", "link"):
                assert contrast(colours[ink], colours[ground]) >= ENOUGH, (ink, ground)
        for kind in ("warn", "bad"):
            assert contrast(colours[f"{kind}-ink"], colours[f"{kind}-ground"]) >= 7
        for mark in ("mark", "second"):
            assert contrast(colours[mark], colours["paper"]) >= 3  # WCAG 2.2, 1.4.11
    assert (light["paper"], dark["paper"]) == tuple(SCHEMES[name]["paper"] for name in ("light", "dark"))


def clip_of(file, truth, predicted, scores, repeat=0):
    return {
        "file": file,
        "start": 0.0,
        "end": 1.0,
        "variant": "original",
        "speaker": "s",
        "emotion": truth,
        "predicted": predicted,
        "repeat": repeat,
        "scores": scores,
    }


def test_the_worst_confusions_are_the_surest_of_the_most_frequent():
    clips = [
        clip_of("1", "a", "b", {"a": 0.1, "b": 0.6, "c": 0.3}),
        clip_of("2", "a", "b", {"a": 0.1, "b": 0.8, "c": 0.1}),
        clip_of("2", "a", "b", {"a": 0.2, "b": 0.7, "c": 0.1}, repeat=1),
        clip_of("3", "a", "a", {"a": 1.0, "b": 0.0, "c": 0.0}),
        clip_of("4", "c", "a", {"a": 0.9, "b": 0.0, "c": 0.1}),
    ]
    first, second = worst_confusions({"clips": clips, "protocol": {"score_kind": "probability"}})
    assert (first.truth, first.predicted, first.count, first.share, first.n_clips) == ("a", "b", 3, 0.75, 2)
    assert [(m.clip["file"], m.confidence, m.of_truth, m.times) for m in first.worst] == [
        ("2", 0.8, 0.1, 2),
        ("1", 0.6, 0.1, 1),
    ]
    assert (second.truth, second.predicted, second.share) == ("c", "a", 1.0)
    by_margin, _ = worst_confusions({"clips": clips, "protocol": {"score_kind": "margin"}})
    assert [m.confidence for m in by_margin.worst] == pytest.approx([0.7, 0.5])
    assert by_margin.worst[0].of_truth is None
    unscored = [clip | {"scores": {}} for clip in clips]
    without, _ = worst_confusions({"clips": unscored, "protocol": {"score_kind": "none"}})
    assert [(m.clip["file"], m.confidence) for m in without.worst] == [("2", None), ("1", None)]


def test_the_command_writes_each_format(cli, full):
    Result(full).write(cli.folder / "result.json")
    done = cli("report")
    assert done.status == 0
    assert "report -> result.html" in done.out
    track = full["alongside"][0]
    assert f"UAR       {full['uar']:.3f} blind, {track['uar']:.3f} {track['track']}\n" in done.out
    assert (cli.folder / "result.html").read_text(encoding="utf-8") == result_html(Result(full))
    for name, text in (("t.md", result_markdown(Result(full))), ("t.tex", result_latex(Result(full)))):
        assert cli("report", "result.json", "-o", name).status == 0
        assert (cli.folder / name).read_text(encoding="utf-8") == text
    assert cli("report", "--format", "latex").out == result_latex(Result(full))
    assert cli("report", "--format", "markdown", "-o", "odd.txt").status == 0
    data = full | {"notice": SYNTHETIC_NOTICE}
    Result(data).write(cli.folder / "result.json")
    assert "say nothing about people" in cli("report", "--force").out


def test_bad_input_is_one_line_and_nothing_is_lost(cli, full):
    Result(full).write(cli.folder / "good.json")
    (cli.folder / "report.html").write_text("before")
    made = {
        "no.json": "{",
        "deep.json": "[" * 100_000,
        "list.json": "[]",
        "other.json": json.dumps({"schema": "other"}),
        "older.json": json.dumps(full | {"schema_version": 0}),
        "part.json": json.dumps({k: v for k, v in full.items() if k != "clips"}),
        "bytes.json": b"\xff\xfe\x00".decode("latin1"),
    }
    for name, text in made.items():
        (cli.folder / name).write_text(text, encoding="latin1" if name == "bytes.json" else "utf-8")
    before = files_in(cli.folder)
    for name in (*made, "missing.json", "."):
        assert_refused(cli("report", name, "-o", "report.html", "--force"), name)
    assert_refused(cli("report", "good.json", "-o", "good.json", "--format", "html"), "overwrite")
    assert_refused(cli("report", "good.json", "-o", "report.pdf"), "report.pdf", ".html")
    assert_refused(cli("report", "good.json", "--format", "pdf"), "pdf", "latex")
    assert_refused(cli("report", "good.json", "-o", "nowhere/report.html"), "nowhere")
    assert files_in(cli.folder) == before


def test_own_recordings_are_not_called_by_how_they_were_listed(small):
    for stored, shown in ((["folder"], "own recordings"), (["csv:actors", "emodb"], "actors, emodb")):
        data = copy.deepcopy(small)
        data["protocol"]["corpora"] = stored
        written = [write(Result(data)) for write in (result_text, result_html, result_latex, result_markdown)]
        assert all(shown in text for text in written)
        assert not any("folder" in text or "csv:" in text for text in written)
        assert headline(data).startswith(f"{shown}: ")


def test_the_names_of_own_recordings_are_the_generic_corpora():
    assert sorted(OWN_RECORDINGS) == sorted(name for name, corpus in CORPORA.items() if corpus.generic)
