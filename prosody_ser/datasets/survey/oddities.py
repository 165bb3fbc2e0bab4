"""Find unusual files, each with its cause in plain words."""

import filecmp
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ...audio.frames import SAMPLE_RATE_HZ
from ...errors import counted
from .. import Corpus, Utterance
from .overview import Clip, Odd

#: Containers that are expected for a suffix, as named by libsndfile.
_PROMISED = {
    ".wav": {"WAV", "WAVEX", "RF64"},
    ".flac": {"FLAC"},
    ".ogg": {"OGG"},
    ".oga": {"OGG"},
    ".opus": {"OGG"},
    ".mp3": {"MP3"},
    ".aif": {"AIFF"},
    ".aiff": {"AIFF"},
    ".aifc": {"AIFF"},
    ".au": {"AU"},
    ".caf": {"CAF"},
    ".w64": {"W64"},
}
#: A format counts as unusual if at most this share of a corpus has it.
RARE = 0.1
#: Share of samples at full scale, and mean of the samples, from which a clip counts as clipped or as having an offset.
CLIPPED, OFFSET = 1e-3, 0.01
#: Least bandwidth of a full-band recording, relative to half of its sampling rate (or of 16 kHz, if that is lower).
WHOLE_BAND = 0.85
#: Clips shorter than a third or longer than three times the median are unusual, if their logarithm is also outside
#: Tukey's outer fence (3 times the distance of the quartiles).
_TIMES, _FENCE = 3, 3
#: Kinds in the order in which they are listed.
KINDS = (
    *("unreadable", "truncated", "empty", "non_finite", "silent", "too_short", "timed_out", "crashed"),
    *("suffix", "sample rate", "bandwidth", "channels", "container", "samples", "note", "clipped", "offset"),
    *("short", "long"),
    *("misnamed", "unexplained", "left out"),
)


def odd_files(corpus: Corpus, clips: Sequence[Clip]) -> list[Odd]:
    """Return the unusual files of a corpus, by kind, then by file."""
    by_file = {clip.utterance.path: clip for clip in reversed(clips)}
    odd_ones: list[Odd] = []
    for kinds in (_unusable, _noted, _lying_suffix, _levels):
        odd_ones += [odd for clip in by_file.values() for odd in kinds(clip)]
    of_corpus = defaultdict(list)
    for clip in by_file.values():
        of_corpus[clip.utterance.corpus].append(clip)
    for members in of_corpus.values():
        odd_ones += _departing(members)
    odd_ones += _lengths(clips)
    odd_ones += _names(corpus, clips)
    return sorted(odd_ones, key=lambda odd: (KINDS.index(odd.kind) if odd.kind in KINDS else -1, odd.kind, odd.file))


def left_out_files(corpus: Corpus, folder: Path, files: Sequence[str], used: Sequence[Utterance]) -> list[Odd]:
    """Return why some recordings of a folder (`files`) are not used."""
    by_name = {corpus.name_of(u): u.file for u in used if u.speaker}
    taken = {u.file for u in used}
    left_out = []
    for file in files:
        if file in taken:
            continue
        utterance = corpus.parse(PurePosixPath(file))
        first = by_name.get(corpus.name_of(utterance)) if utterance else None
        if first is not None:
            same = _same_bytes(folder / file, folder / first)
            cause = f"a second copy of {first}, " + ("byte by byte" if same else "but with different bytes")
        elif corpus.also(PurePosixPath(file)):
            cause = f"it belongs to a part of {corpus.name} that is not used"
        else:
            cause = "its name does not tell what it is"
        left_out.append(Odd(file, "left out", cause))
    return left_out


def _same_bytes(first: Path, second: Path) -> bool:
    try:
        return filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False


def _unusable(clip: Clip) -> Iterator[Odd]:
    if clip.sound.status != "ok":
        yield Odd(clip.utterance.file, clip.sound.status, clip.sound.error)


def _noted(clip: Clip) -> Iterator[Odd]:
    if clip.sound.note:
        yield Odd(clip.utterance.file, "note", clip.sound.note)


def _lying_suffix(clip: Clip) -> Iterator[Odd]:
    suffix = PurePosixPath(clip.utterance.file).suffix
    promised = _PROMISED.get(suffix.lower())
    if promised and clip.sound.container and clip.sound.container not in promised:
        yield Odd(
            clip.utterance.file, "suffix", f"the file is {clip.sound.container}, though its name ends in {suffix}"
        )


def _levels(clip: Clip) -> Iterator[Odd]:
    sound = clip.sound
    if sound.full_scale >= CLIPPED:
        yield Odd(clip.utterance.file, "clipped", f"{100 * sound.full_scale:.2g} % of the samples are at full scale")
    if sound.bandwidth_hz < min(sound.rate_hz, SAMPLE_RATE_HZ) / 2 * WHOLE_BAND:
        cause = f"no sound above {sound.bandwidth_hz / 1000:.1f} kHz, although the sampling rate is {sound.rate_hz} Hz"
        yield Odd(clip.utterance.file, "bandwidth", cause)
    if abs(sound.dc) >= OFFSET and sound.status == "ok":
        yield Odd(
            clip.utterance.file, "offset", f"the mean of the samples is {100 * sound.dc:+.2g} % of full scale, not 0"
        )


def _departing(clips: list[Clip]) -> Iterator[Odd]:
    """Yield files with a format that few files of a corpus have."""
    readable = [clip for clip in clips if clip.sound.rate_hz]
    properties = {
        "sample rate": ("rate_hz", "{} Hz"),
        "channels": ("channels", "{}"),
        "container": ("container", "{}"),
        "samples": ("subtype", "{}"),
    }
    for kind, (name, form) in properties.items():
        values = Counter(getattr(clip.sound, name) for clip in readable)
        if not values:
            continue
        usual, n_usual = values.most_common(1)[0]
        if n_usual <= len(readable) / 2:
            continue
        for clip in readable:
            value = getattr(clip.sound, name)
            if value != usual and values[value] <= max(1, RARE * len(readable)):
                if kind == "container" and any(_lying_suffix(clip)):
                    continue  # reported already
                what, rest = (_in_words(kind, form, v) for v in (value, usual))
                yield Odd(
                    clip.utterance.file, kind, f"{what}, while {counted(n_usual, 'file has', 'files have')} {rest}"
                )


def _in_words(kind: str, form: str, value: Any) -> str:
    return counted(value, "channel") if kind == "channels" else form.format(value or "other")


def _lengths(clips: Sequence[Clip]) -> Iterator[Odd]:
    timed = [(clip, clip.duration_s) for clip in clips if clip.duration_s > 0 and not math.isnan(clip.duration_s)]
    if len(timed) < 4:
        return
    lengths = np.array([duration_s for _, duration_s in timed])
    low, median, high = np.quantile(np.log(lengths), (0.25, 0.5, 0.75))
    least = math.exp(min(median - math.log(_TIMES), low - _FENCE * (high - low)))
    most = math.exp(max(median + math.log(_TIMES), high + _FENCE * (high - low)))
    for clip, duration_s in timed:
        if not least <= duration_s <= most:
            kind = "short" if duration_s < least else "long"
            cause = f"it lasts {duration_s:.3g} s; the median is {math.exp(median):.3g} s"
            yield Odd(clip.utterance.file, kind, cause)


def _names(corpus: Corpus, clips: Sequence[Clip]) -> Iterator[Odd]:
    """Yield files with unknown names, and files with a wrong name (if most names are correct)."""
    renamed = []
    for clip in clips:
        utterance = clip.utterance
        if not corpus.generic and not utterance.speaker and not utterance.emotion:
            yield Odd(utterance.file, "unexplained", f"not named as in {corpus.name}: speaker and emotion are unknown")
        elif corpus.clip_name is not None and utterance.speaker:
            name = corpus.name_of(utterance)
            if name.casefold() != PurePosixPath(utterance.file).stem.casefold():
                renamed.append(Odd(utterance.file, "misnamed", f"{utterance.corpus or corpus.name} calls it {name}"))
    if len(renamed) <= max(1, RARE * len(clips)):  # otherwise it is another layout
        yield from renamed
