"""The formula of every contour, statistic and measure, as the code computes it. Plain text, for terminals and pages."""

from itertools import pairwise

#: What the letters in the formulas mean: formulas of contours, of statistics and of measures.
CONTOUR_NOTATION = {
    "t": "frame; frames are 10 ms apart",
    "s(i)": "sample i of the frame, with full scale at 1; for f0, HNR, intensity and rms, frequencies below 50 Hz and "
    "mains hum are removed first. fs is the sampling rate",
    "w(i)": "window",
    "P(f), A(f), L(f)": "power of the frame's spectrum at frequency f (Hann window of 25 ms, FFT of 512 points at "
    "16 kHz), A = √P, and L = 10 log10 P, at most 100 dB below the clip's highest",
    "M_b, L_b": "power and level of mel band b, b = 1 to 40",
    "F0, F_k, B_k": "fundamental frequency; frequency and bandwidth of formant k",
    "Q_q(x)": "quantile q of x over the frames where x is defined, interpolated linearly",
    "median_voiced(x)": "median of x over the clip's voiced frames",
}
STATISTIC_NOTATION = {
    "x_t": "value of the contour in frame t; only frames where it is defined count",
    "N": "number of these frames; a sum Σ goes over them",
    "x̄": "mean Σ x_t / N; a bar is the mean of other letters, too",
    "τ_t": "time of frame t in s",
    "Δ_t": "change (x_t - x_(t-1)) / (τ_t - τ_(t-1)), where both frames are defined",
    "Q_q(x)": "quantile q of x, interpolated linearly",
    "y_t": "x_t with its gaps closed, then each value replaced by the mean of itself and its two neighbours; at the "
    "ends, the value itself stands for the missing neighbour",
    "peak, valley": "frame t with y_(t-1) < y_t ≥ y_(t+1), and with y_(t-1) > y_t ≤ y_(t+1); both are extremes",
}
MEASURE_NOTATION = {
    "T_i, A_i": "length and amplitude of glottal period i; averages go over neighbouring periods that are alike",
    "T̄, Ā": "mean length and mean amplitude; as in Praat, Ā leaves out the last amplitude",
    "D": "duration of the speech in s",
    "n_pauses, n_nuclei": "number of pauses, and of syllable nuclei",
    "p_i, v_i, g_i, n_i": "length in s of pause i, of voiced segment i, and of the gap after it; interval between "
    "syllable nuclei i and i + 1",
    "E(f)": "power spectrum of the envelope: its least-squares line subtracted, Hann window, 1 Hz ≤ f < 12 Hz",
    "F_k": "median of formant k over the clip",
}

_PITCH_PERIOD = "1 / F0 is the lag τ of the maximum of r_s(τ) / r_w(τ) on the best path (autocorrelations of s w and w)"
_PERIODICITY = "r = max over τ of Σ s(i) s(i+τ) / √(Σ s(i)² Σ s(i+τ)²), the local mean subtracted from s"
_ROOTS = "z_k = root k of the polynomial of linear prediction of order 10 (Burg), fs = 2 * ceiling"
_HARMONIC = "H_k = 10 log10 |Σ w(i) s(i) exp(-2π j k F0 i / fs)|², w = Hann, 4 periods"
_NEAR_F3 = "A3 = the highest H_k with k F0 within 10 % of F3, or the nearest"
_BOOST = (
    "b(f) = Σ of 20 log10(1 - 2 r cos W + r²) - 10 log10(1 - 2 r cos(W + v) + r²) - 10 log10(1 - 2 r cos(W - v) + r²) "
    "over F1 to F{}, r = exp(-π B_k / fs), W = 2π F_k / fs, v = 2π f / fs, B_k by Hawks & Miller (1995)"
)
_BAND_SLOPE = "1000 Σ (f - f̄) L(f) / Σ (f - f̄)² over the bins from {} Hz to below {} Hz"
_LOUDNESS = (
    "30 log10 Σ_b (w_b M_b)^(1/3); w_b = (ω² + 56.8e6) ω⁴ / ((ω² + 6.3e6)² (ω² + 0.38e9)), over the largest, "
    "ω = 2π * centre of band b in Hz"
)
_MEL_LEVEL = "L_{0} = 10 log10 max(M_{0}, 1e-8 max M); M_{0} = Σ_f h_{0}(f) P(f), h_{0} = librosa's mel filter {0}"
_REACH_100 = "at least the highest of the clip - 100 dB"

#: By contour, over all frames; on voiced or unvoiced frames the formula is the same.
CONTOUR_FORMULAS: dict[str, str] = {
    "f0": f"12 log2(F0 / 27.5 Hz); {_PITCH_PERIOD}",
    "f0_above_p10": "f0 - Q_0.10(f0), f0 in semitones",
    "hnr": f"10 log10(r / (1 - r)), cut off at ±60 dB; {_PERIODICITY}",
    "intensity": "10 log10((Σ w(i) (s(i) - s̄)² / Σ w(i)) / (2e-5)²), w = Kaiser; at least the highest of the clip "
    "- 50 dB",
    "intensity_rel": "intensity - median_voiced(intensity)",
    **{f"f{k}": f"F_{k} = arg(z_{k}) fs / 2π; {_ROOTS}" for k in range(1, 5)},
    **{f"f{k}_bandwidth": f"B_{k} = -ln|z_{k}| fs / π; {_ROOTS}" for k in range(1, 5)},
    "cpp": "max of D(q) - line(q) for 1/500 s ≤ q ≤ 1/60 s; D(q) = 10 log10 of the sum of c² over 0.5 ms around q, "
    "c = DCT-I of ln P up to 5 kHz (Hann, 50 ms), line = least-squares line of D from 1 to 32 ms",
    "h1h2": f"H_1 - H_2; {_HARMONIC}",
    "h1a3": f"H_1 - A3; {_HARMONIC}; {_NEAR_F3}",
    "h1h2_corrected": f"(H_1 - b(F0)) - (H_2 - b(2 F0)); {_HARMONIC}; {_BOOST.format(2)}",
    "h1a3_corrected": f"(H_1 - b(F0)) - (A3 - b(k F0)); {_HARMONIC}; {_NEAR_F3}; {_BOOST.format(3)}",
    "alpha_ratio": "10 log10(Σ P(f) for 1000 Hz ≤ f < 5000 Hz / Σ P(f) for 50 Hz ≤ f < 1000 Hz)",
    "hammarberg": "max L(f) for f < 2000 Hz - max L(f) for 2000 Hz ≤ f < 5000 Hz",
    "slope_0_500": _BAND_SLOPE.format("31.25", 500),
    "slope_500_1500": _BAND_SLOPE.format(500, 1500),
    "loudness": f"{_LOUDNESS}; at least the highest of the clip - 80 dB",
    "flux": "mean over b of max(L_b(t) - L_b(t-1), 0) / 0.01 s",
    "mfcc0": "mean over b of L_b",
    **{f"mfcc{k}": f"√(2 / 40) Σ_b L_b cos(π {k} (b - 0.5) / 40)" for k in range(1, 14)},
    **{
        f"mfcc{k}_delta": f"Σ n mfcc{k}(t + n) / Σ n² / 0.01 s, n = -4 to 4; in the first and last 4 frames, "
        "the slope of the line through the first or last 9"
        for k in range(14)
    },
    **{f"mel{k}": _MEL_LEVEL.format(k) for k in range(1, 41)},
    "loudness_rel": "loudness - median_voiced(loudness)",
    "mfcc0_rel": "mfcc0 - median_voiced(loudness)",
    **{f"mel{k}_rel": f"mel{k} - median_voiced(loudness)" for k in range(1, 41)},
    **{
        f"rasta{k}": "y(t) = 0.98 y(t-1) + 0.1 (2 u(t) + u(t-1) - u(t-3) - 2 u(t-4)); "
        f"u(t) = v(t) - v(first frame), v = 10 log10(10^(L_{2 * k - 1} / 10) + 10^(L_{2 * k} / 10))"
        for k in range(1, 21)
    },
    "rms": f"10 log10(Σ s(i)² / 400); {_REACH_100}",
    "centroid": "Σ f A(f) / Σ A(f)",
    "spread": "√(Σ (f - centroid)² A(f) / Σ A(f))",
    "rolloff": "lowest f at which the sum of A up to f is at least 0.85 Σ A",
    "flatness": "10 (mean of log10 P(f) - log10(mean of P(f)))",
    **{
        f"contrast{k}": "10 log10(mean of the largest 2 % of a(f)) - 10 log10(mean of the smallest 2 % of a(f)), "
        f"f in band {k}, a = √(P / the clip's largest P); each level at most 80 dB below the clip's highest"
        for k in range(1, 7)
    },
    **{
        f"chroma{k}": f"C_{k} / max C; C_{k} = Σ_f c_{k}(f) P(f), c_{k} = librosa's chroma filter {k}"
        for k in range(1, 13)
    },
    "zcr": "number of samples in the frame whose sign is not that of the sample before / 0.025 s",
    "rms_rel": "rms - median_voiced(rms)",
}

_SLOPE = "Σ (τ_t - τ̄) (x_t - x̄) / Σ (τ_t - τ̄)²"
_SD_OF = "√(mean of ({0}_i - {0}̄)²)"
_STEEPNESS = "m = (y_e - y_d) / (τ_e - τ_d), from each extreme d to the next extreme e"
_LPC = "y_t - ȳ = Σ a_k (y_(t-k) - ȳ) + e_t, k = 1 to 5 (autocorrelation method)"

#: By statistic.
STATISTIC_FORMULAS: dict[str, str] = {
    "mean": "x̄ = Σ x_t / N",
    "energy_mean": "10 log10(Σ 10^(x_t / 10) / N)",
    "sd": "√(Σ (x_t - x̄)² / N)",
    "cv": "sd / x̄",
    "skewness": "(Σ (x_t - x̄)³ / N) / sd³",
    "kurtosis": "(Σ (x_t - x̄)⁴ / N) / sd⁴ - 3",
    **{f"p{q:02}": f"Q_{q / 100:.2f}(x)" for q in (5, 20, 50, 80, 95)},
    "range_p20_p80": "Q_0.80(x) - Q_0.20(x)",
    "range_p05_p95": "Q_0.95(x) - Q_0.05(x)",
    "slope": _SLOPE,
    "slope_residual": "√(Σ (x_t - x̄ - slope (τ_t - τ̄))² / N)",
    "curvature": "2 c of the least-squares parabola a + b τ_t + c τ_t²",
    "change_p50": "Q_0.50(|Δ|)",
    "change_mean": "mean of |Δ_t|",
    "change_sd": "√(mean of (Δ_t - Δ̄)²)",
    "rise_share": "number of Δ_t > 0 / number of Δ_t",
    "rise_mean": "mean of the Δ_t > 0",
    "fall_mean": "mean of -Δ_t over the Δ_t < 0",
    **{
        f"{name}_position": f"(τ_m - τ_first) / (τ_last - τ_first), m = the first frame of the {name}imum of x_t"
        for name in ("max", "min")
    },
    "final_drop": "(mean of x_t for τ_t > τ_last - 0.3 s) - x̄",
    "final_slope": f"{_SLOPE} over the frames with τ_t > τ_last - 0.3 s",
    **{
        f"dct{k}": f"(2 / 64) Σ_j u_j cos(π {k} (j + 0.5) / 64), j = 0 to 63; u = x_t - x̄ from the first to the last "
        "frame, read at 64 equal steps, gaps bridged by straight lines"
        for k in range(1, 6)
    },
    **{f"p{q:02}": f"Q_{q / 100:.2f}(y)" for q in (1, 25, 75, 99)},
    **{
        f"range_p{low:02}_p{high:02}": f"Q_{high / 100:.2f}(y) - Q_{low / 100:.2f}(y)"
        for low, high in ((1, 99), (25, 50), (50, 75), (25, 75))
    },
    **{
        f"time_above_{percent}": f"number of y_t > Q_0.01(y) + {percent / 100:.2f} (Q_0.99(y) - Q_0.01(y)), over N"
        for percent in (25, 50, 75, 90)
    },
    "convex_share": "number of t with y_(t+1) - 2 y_t + y_(t-1) > 0, over N - 2",
    "curvature_residual": "√(Σ (y_t - a - b τ_t - c τ_t²)² / N) for the least-squares parabola a + b τ_t + c τ_t²",
    "time_centroid": "Σ t (y_t - min y) / Σ (y_t - min y) / (N - 1), t = 0 to N - 1",
    **{f"lpc{k}": f"a_{k} of {_LPC}" for k in range(1, 6)},
    "lpc_gain": f"10 log10(power of e / power of y - ȳ), at least -90 dB; {_LPC}",
    "peak_rate": "number of peaks / (N * 0.01 s)",
    "peak_distance_mean": "mean of the times d_i between neighbouring peaks",
    "peak_distance_sd": f"{_SD_OF.format('d')}, d_i = the times between neighbouring peaks",
    "peak_height": "(mean of y_t at the peaks) - ȳ",
    "peak_range": "(max of y_t at the peaks) - (min of y_t at the peaks)",
    "rise_slope_mean": f"mean of the m > 0; {_STEEPNESS}",
    "rise_slope_sd": f"{_SD_OF.format('m')} over the m_i > 0; {_STEEPNESS}",
    "fall_slope_mean": f"mean of -m over the m < 0; {_STEEPNESS}",
    "fall_slope_sd": f"{_SD_OF.format('m')} over the m_i < 0; {_STEEPNESS}",
}

_NPVI = "mean of |{0}_i - {0}_(i+1)| / (({0}_i + {0}_(i+1)) / 2)"

#: By measure.
MEASURE_FORMULAS: dict[str, str] = {
    "jitter_local_ratio": "mean of |T_i - T_(i+1)| / T̄",
    "jitter_local_s": "mean of |T_i - T_(i+1)|",
    "jitter_rap_ratio": "mean of |T_i - (T_(i-1) + T_i + T_(i+1)) / 3| / T̄",
    "jitter_ppq5_ratio": "mean of |T_i - (T_(i-2) + … + T_(i+2)) / 5| / T̄",
    "jitter_ddp_ratio": "mean of |(T_(i+1) - T_i) - (T_i - T_(i-1))| / T̄",
    "shimmer_local_ratio": "mean of |A_i - A_(i+1)| / Ā",
    "shimmer_local_db": "mean of |20 log10(A_(i+1) / A_i)|",
    "shimmer_apq3_ratio": "mean of |A_i - (A_(i-1) + A_i + A_(i+1)) / 3| / Ā",
    "shimmer_apq5_ratio": "mean of |A_i - (A_(i-2) + … + A_(i+2)) / 5| / Ā",
    "shimmer_apq11_ratio": "mean of |A_i - (A_(i-5) + … + A_(i+5)) / 11| / Ā",
    "shimmer_dda_ratio": "mean of |(A_(i+1) - A_i) - (A_i - A_(i-1))| / Ā",
    "pause_rate_per_s": "n_pauses / D",
    "pause_mean_s": "Σ p_i / n_pauses",
    "pause_max_s": "max p_i",
    "pause_share_ratio": "Σ p_i / D",
    "voiced_share_ratio": "number of voiced frames / number of frames",
    "voiced_rate_per_s": "number of voiced segments / D",
    "voiced_mean_s": "mean of v_i",
    "voiced_sd_s": _SD_OF.format("v"),
    "unvoiced_mean_s": "mean of g_i",
    "unvoiced_sd_s": _SD_OF.format("g"),
    "voiced_npvi_ratio": _NPVI.format("v"),
    "unvoiced_npvi_ratio": _NPVI.format("g"),
    "speech_rate_per_s": "n_nuclei / D",
    "articulation_rate_per_s": "n_nuclei / (D - Σ p_i)",
    "syllable_interval_sd_s": _SD_OF.format("n"),
    "syllable_npvi_ratio": _NPVI.format("n"),
    "modulation_centroid_hz": "Σ f E(f) / Σ E(f)",
    **{
        f"modulation_{low}_{high}_ratio": f"Σ E(f) for {low} Hz ≤ f < {high} Hz / Σ E(f)"
        for low, high in pairwise((1, 3, 6, 12))
    },
    "vocal_tract_length_cm": "35000 cm/s / (2 ΔF), ΔF = Σ m_k F_k / Σ m_k², m_k = (2 k - 1) / 2, k = 1 to 4",
    "formant_dispersion_hz": "(F_4 - F_1) / 3",
}
