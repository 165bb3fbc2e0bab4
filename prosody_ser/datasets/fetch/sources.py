"""Where corpora are served: addresses, sizes and published checksums. Plain data.

No checksum here is of our own making. Each was published by the server that holds the file, and was seen in further
places, which are named beside it. A corpus without such a place is not fetched: `ASK` says how to get it.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Archive:
    """A zip file that holds a corpus or a part of it."""

    url: str
    checksum: str  #: ``algorithm:hexadecimal digits``, as published
    size: int  #: bytes
    part: str = ""  #: empty, or the name of a part that is fetched only if asked for


@dataclass(frozen=True, slots=True)
class Listing:
    """A corpus served clip by clip, and the list that names each with its checksum."""

    url: str  #: the list
    #: ``tfds``: lines of address, bytes, SHA-256. ``dataverse``: the answer of a Dataverse server about a data set.
    form: str
    clips: int  #: how many it is known to name
    checksum: str = ""  #: of the list. Empty: the list is what the server itself says today about its own files.


@dataclass(frozen=True, slots=True)
class Source:
    """All of a corpus that is fetched, and what else to know about it."""

    archives: tuple[Archive, ...] = ()
    listing: Listing | None = None
    note: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """Parts that are fetched only if asked for."""
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

#: How to get the corpora that no server offers openly with a checksum, line by line.
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
