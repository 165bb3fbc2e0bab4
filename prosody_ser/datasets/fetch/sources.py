"""Sources of openly available corpora, as plain data: addresses, sizes and published checksums.

All checksums were published by the server of the file, and confirmed by further sources, which are named here. Other
corpora are not downloaded: `ASK` says how to get them.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip file that contains a corpus or a part of it."""

    url: str
    checksum: str  #: ``algorithm:hexadecimal digits``, as published
    size: int  #: bytes
    part: str = ""  #: name of an optional part, otherwise empty


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the clips of a corpus with their checksums, for a corpus that is downloaded clip by clip."""

    url: str  #: address of the list
    #: format: ``tfds`` (lines of address, bytes, SHA-256) or ``dataverse`` (answer of a Dataverse server)
    form: str
    clips: int  #: expected number of clips
    checksum: str = ""  #: checksum of the list; empty if the server makes the list from its current files


@dataclass(frozen=True, slots=True)
class Source:
    """Everything that is downloaded for a corpus, with a note."""

    archives: tuple[Archive, ...] = ()
    listing: Listing | None = None
    note: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the optional parts."""
        return tuple(archive.part for archive in self.archives if archive.part)


SOURCES: dict[str, Source] = {
    # MD5s: as Zenodo publishes them for record 1188976 (several public projects copied them from its page; both are in
    # the RAVDESS class of PaddlePaddle's audio package). Bytes: recorded by projects that downloaded and compared.
    "ravdess": Source(
        archives=(
            Archive(
                "https://zenodo.org/records/1188976/files/Audio_Speech_Actors_01-24.zip?download=1",
                "md5:bc696df654c87fed845eb13823edef8a",
                208_468_073,
            ),
            Archive(
                "https://zenodo.org/records/1188976/files/Audio_Song_Actors_01-24.zip?download=1",
                "md5:5411230427d67a21e18aa4d466e6d1b9",
                225_505_317,
                part="song",
            ),
        )
    ),
    # MD5 and bytes: Zenodo's answer about record 7447302 (EmoDB 1.3.0, audformat), as recorded by a public project that
    # fetched it, compared, and found all 535 clips in it. The corpus's own download,
    # http://emodb.bilderbar.info/download/download.zip, has no published checksum and no https. EmoDB 2.0 (Zenodo
    # 17651657) is another corpus: 816 clips, with laryngograms.
    "emodb": Source(
        archives=(
            Archive(
                "https://zenodo.org/records/7447302/files/emodb.zip?download=1",
                "md5:9d21362dbc5676ef3ab4745d83ced0db",
                39_981_818,
            ),
        ),
        note="Zenodo states CC BY 4.0 for this copy; the tables inside it state CC0 1.0.",
    ),
    # The list and its SHA-256: tensorflow/datasets, tensorflow_datasets/url_checksums/crema_d.txt. It names the files
    # of the corpus's own repository (Git LFS); tensorflow_datasets/audio/crema_d.py tells which four it leaves out.
    "cremad": Source(
        listing=Listing(
            "https://storage.googleapis.com/tfds-data/manual_checksums/crema_d.txt",
            "tfds",
            7_438,
            "sha256:66b5d959dcee997321baf9080c80022a6937279419446db3a9d4827d839b0abb",
        ),
        note="7,438 of the 7,442 clips are fetched; no checksum is published for the other four.",
    ),
    # Dataverse publishes the MD5 of each file in its own answer about the data set; no other list was found.
    "tess": Source(
        listing=Listing(
            "https://borealisdata.ca/api/datasets/:persistentId/?persistentId=doi:10.5683/SP2/E8H2MF",
            "dataverse",
            2_800,
        ),
        note="The checksums are those that the server publishes today; no independent list is known.",
    ),
}

#: How to get the other corpora, line by line.
ASK: dict[str, tuple[str, ...]] = {
    "savee": (
        "SAVEE is only available to registered researchers:",
        "  1. read http://kahlan.eps.surrey.ac.uk/savee/ and register on its download page,",
        "     http://kahlan.eps.surrey.ac.uk/savee/Download.html;",
        "  2. with the name and password that you are sent, download the audio part and unpack it into DIR.",
    ),
    "emovo": (
        "EMOVO is free for research, but no server offers it with a checksum:",
        "  1. follow the link on http://voice.fub.it/activities/corpora/emovo/index.html,",
        "     or write to its author Giovanni Costantini (costantini@uniroma2.it);",
        "  2. unpack it into DIR.",
    ),
    "ser-en": (
        "The collection of four corpora is on Kaggle, which needs an account:",
        "  https://www.kaggle.com/datasets/dmitrybabko/speech-emotion-recognition-en",
        "  or, with Kaggle's own program, into the folder DIR:",
        "  kaggle datasets download --unzip -p DIR dmitrybabko/speech-emotion-recognition-en",
        "  'prosody-ser datasets fetch' downloads three of its corpora from their sources: ravdess, cremad and tess.",
    ),
}
