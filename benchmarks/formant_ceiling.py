"""Scatter within speakers of several formant ceilings: ``python benchmarks/formant_ceiling.py DIR...``.

For each corpus folder, about 200 clips of all speakers and emotions, and each choice: how far the ceiling and the
clips' median F1, F2 and F3 vary within a speaker (standard deviation in Hz), which share of the formants' variance
there lies between emotions (eta squared, F1 / F2 / F3), and how many clips of adults are taken for short tracts.
Then the same women's clips, played faster for want of children's: how many are found to come of a short tract.
"""

import sys
from collections.abc import Callable
from functools import cached_property

import numpy as np
import soundfile

from prosody_ser.audio.prepare import prepare_audio, read_audio
from prosody_ser.contours.analysis import Analysis
from prosody_ser.contours.formant_ceiling import SHORT_TRACT_HZ, STRIDE
from prosody_ser.contours.formants import kernel_tracker
from prosody_ser.contours.grid import with_margin
from prosody_ser.datasets import Utterance, find_utterances

N_CLIPS = 200
FASTER = (1.25, 1.35)


class Clip:
    """A clip whose formants can be tracked below any ceiling."""

    def __init__(self, utterance: Utterance):
        self.utterance = utterance
        self.analysis = Analysis(read_audio(utterance.path))
        samples, self.times_s = with_margin(self.analysis.audio, self.analysis.times_s[self.analysis.voiced])
        self.track = kernel_tracker(samples, self.analysis.audio.sample_rate_hz)

    @cached_property
    def spacing_hz(self) -> float:
        """The former choice: five times the spacing of F3 and F4, or 6500 Hz where that narrows the formants."""
        frequency, bandwidth = self.track(self.times_s[::STRIDE], 5250.0)
        _, narrowed = self.track(self.times_s[::STRIDE], 6500.0)
        if np.nanmedian(narrowed[:3], axis=1).sum() < 0.9 * np.nanmedian(bandwidth[:3], axis=1).sum():
            return 6500.0
        f3_hz, f4_hz = np.nanmedian(frequency[2:4], axis=1)
        return float(np.clip(125 * round(5 * (f3_hz / 2.5 + f4_hz / 3.5) / 2 / 125), 4500, 6500))


CHOICES: dict[str, Callable[[Clip], float]] = {
    "spacing of F3 and F4 (before)": lambda clip: clip.spacing_hz,
    "5000 Hz": lambda clip: 5000.0,
    "5250 Hz": lambda clip: 5250.0,
    "5375 Hz": lambda clip: 5375.0,
    "5500 Hz": lambda clip: 5500.0,
    "5000 / 5500 Hz by the true sex": lambda clip: 5500.0 if clip.utterance.sex == "female" else 5000.0,
    "5375 Hz, short tracts 7000 (now)": lambda clip: clip.analysis.formant_ceiling_hz,
}


def sample(folder: str) -> list[Utterance]:
    """Clips of all speakers and emotions, with equal numbers of each."""
    cells: dict[tuple[str, str], list[Utterance]] = {}
    for utterance in find_utterances(folder).utterances:
        cells.setdefault((utterance.speaker, utterance.emotion), []).append(utterance)
    each = -(-N_CLIPS // len(cells))
    rng = np.random.default_rng(0)
    return [cell[i] for cell in cells.values() for i in rng.permutation(len(cell))[:each]]


def within(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Values without the means of their groups."""
    return values - np.array([values[groups == group].mean(axis=0) for group in groups])


def main() -> None:
    """Print a table for each folder named on the command line, as Markdown."""
    for folder in sys.argv[1:]:
        clips = [Clip(utterance) for utterance in sample(folder)]
        speakers = np.array([clip.utterance.speaker for clip in clips])
        emotions = np.array([clip.utterance.emotion for clip in clips])
        print(f"\n{folder}: {len(clips)} clips\n\n| ceiling | its sd | F1 | F2 | F3 | eta squared |")
        print("|---|---|---|---|---|---|")
        for name, choose in CHOICES.items():
            ceilings_hz = [choose(clip) for clip in clips]
            pairs = zip(clips, ceilings_hz, strict=True)
            formants = [np.nanmedian(clip.track(clip.times_s, hz)[0][:3], axis=1) for clip, hz in pairs]
            off = within(np.column_stack([ceilings_hz, formants]), speakers)
            total = (off**2).sum(axis=0)
            sd = np.sqrt(total / (len(clips) - len(set(speakers))))
            eta = 1 - (within(off, emotions)[:, 1:] ** 2).sum(axis=0) / total[1:]
            print(f"| {name} | {' | '.join(f'{hz:.0f}' for hz in sd)} | {' / '.join(f'{x:.2f}' for x in eta)} |")
        short = np.mean([clip.analysis.formant_ceiling_hz == SHORT_TRACT_HZ for clip in clips])
        print(f"\ntaken for short tracts: {short:.1%}", end="")
        for ratio in FASTER:
            women = [clip.utterance for clip in clips if clip.utterance.sex == "female"][::3]
            heard = []
            for utterance in women:
                samples, rate_hz = soundfile.read(utterance.path, always_2d=True)
                heard.append(Analysis(prepare_audio(samples.mean(axis=1), round(ratio * rate_hz))).formant_ceiling_hz)
            print(f"; of women played {ratio} times as fast {np.mean(np.equal(heard, SHORT_TRACT_HZ)):.0%}", end="")
        print()


if __name__ == "__main__":
    main()
