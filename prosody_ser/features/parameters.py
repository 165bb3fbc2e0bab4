"""The settings that the values depend on, stored with every table."""

from ..audio import endpoints, frames
from ..contours import cepstral_peak, formant_ceiling, intensity, mel, pitch, spectrum
from ..contours.kernels import burg
from ..functionals.contour_matrix import FINAL_S, MIN_FRAMES
from ..measures import perturbation, syllables, timing


def feature_parameters() -> dict[str, float]:
    """Return the settings by name, with units."""
    return {
        "sample_rate_hz": frames.SAMPLE_RATE_HZ,
        "endpoint_range_db": endpoints.ENDPOINT_RANGE_DB,
        "endpoint_window_s": endpoints.ENDPOINT_WINDOW_S,
        "frame_step_s": frames.FRAME_STEP_S,
        "pitch_coarse_floor_hz": pitch.COARSE_FLOOR_HZ,
        "pitch_coarse_ceiling_hz": pitch.COARSE_CEILING_HZ,
        "pitch_floor_factor": pitch.FLOOR_FACTOR,
        "pitch_ceiling_factor": pitch.CEILING_FACTOR,
        "intensity_minimum_pitch_hz": intensity.MINIMUM_PITCH_HZ,
        "intensity_range_db": intensity.RANGE_DB,
        "formant_window_s": burg.WINDOW_S,
        "formant_pre_emphasis_hz": burg.PRE_EMPHASIS_FROM_HZ,
        "formant_ceiling_hz": formant_ceiling.USUAL_HZ,
        "formant_short_tract_ceiling_hz": formant_ceiling.SHORT_TRACT_HZ,
        "cpp_window_s": cepstral_peak.WINDOW_S,
        "cpp_floor_hz": cepstral_peak.PEAK_FLOOR_HZ,
        "cpp_ceiling_hz": cepstral_peak.PEAK_CEILING_HZ,
        "max_period_factor": perturbation.MAX_PERIOD_FACTOR,
        "max_amplitude_factor": perturbation.MAX_AMPLITUDE_FACTOR,
        "spectral_window_s": spectrum.WINDOW / frames.SAMPLE_RATE_HZ,
        "n_fft": spectrum.N_FFT,
        "n_mels": mel.N_MELS,
        "mel_range_db": mel.RANGE_DB,
        "silence_db": timing.SILENCE_DB,
        "min_pause_s": timing.MIN_PAUSE_S,
        "min_dip_db": syllables.MIN_DIP_DB,
        "final_s": FINAL_S,
        "min_frames": MIN_FRAMES,
    }
