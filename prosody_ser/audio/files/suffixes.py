"""Suffixes of the files in a folder that count as recordings. Their format is recognised by their content."""

_LIBSNDFILE = (
    "wav wave bwf rf64 w64 flac ogg oga opus mp1 mp2 mp3 mpga aif aiff aifc afc au snd caf sph nist voc gsm vox"
)
_LIBSNDFILE_TOO = "avr iff svx 8svx paf pvf sf wve"
_FFMPEG = "m4a m4b m4r aac adts ac3 eac3 ec3 dts amr awb wma weba mka wv ape tta tak shn mpc spx qcp dsf dff ra oma aa3"
_PICTURES = "mp4 m4v mov qt 3gp 3gpp 3g2 mkv webm avi mpg mpeg m2ts mts vob ogv ogx wmv asf flv f4v rm"
_SAMPLES = "raw pcm sam s8 u8 sb ub s16 s16le s16be sw uw s24 s24le s32 s32le f32 f32le f64 ul al ulaw alaw lin sln"

#: Formats of sound alone; those that libsndfile does not read need ffmpeg.
SOUND = frozenset(f".{name}" for name in f"{_LIBSNDFILE} {_LIBSNDFILE_TOO} {_FFMPEG}".split())
#: Formats that may contain video beside the sound; ffmpeg reads them.
PICTURES = frozenset(f".{name}" for name in _PICTURES.split())
#: Suffixes of the files that are used from a folder.
SUFFIXES = SOUND | PICTURES
#: Formats without a header, so that sampling rate and encoding are unknown.
HEADERLESS = frozenset(f".{name}" for name in _SAMPLES.split())
