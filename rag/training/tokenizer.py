"""Train the vocabulary: a byte-level BPE over normalised text, written for two runtimes.

``tokenizer.json`` takes raw text through the Hugging Face ``tokenizers`` (and so through
sentence-transformers); ``rag64k.merges`` takes normalised text through tiktoken. Both give the
same ids.
"""

from __future__ import annotations

import base64
import json
import struct
import tempfile
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rag.normalization import TRANSLATION
from rag.tokens import PATTERN, SPECIAL_PIECES, VOCABULARY_SIZE

__all__ = [
    "Merges",
    "hugging_face_tokenizer",
    "merges_of",
    "read_merges",
    "train_merges",
    "write_merges",
    "write_tiktoken_table",
]

Merges = list[tuple[int, int]]

#: A piece with Han characters has at most four of them (three bytes each): longer ones are names
#: and set phrases of the training news, and a text that holds half of one would share nothing with
#: it.
_MAX_HAN_BYTES = 12
_MAX_PIECE_BYTES = 24


def train_merges(
    lines: Iterable[str], *, size: int = VOCABULARY_SIZE, minimum_frequency: int = 5
) -> Merges:
    """The merges of a byte-level BPE for ``lines``, which must be normalised.

    Returns:
        Pairs of ids; pair ``n`` makes piece ``256 + n``, ids under 256 are the bytes. Together
        with the bytes and :data:`rag.tokens.SPECIAL_PIECES` at most ``size`` pieces; fewer for a
        small corpus.
    """
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = _pre_tokenizer()
    trainer = trainers.BpeTrainer(
        # Long Han pieces are left out afterwards: learn enough to fill their places.
        vocab_size=size + size // 6,
        min_frequency=minimum_frequency,
        max_token_length=_MAX_PIECE_BYTES,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(lines, trainer)
    return merges_of(json.loads(tokenizer.to_str())["model"]["merges"], size=size)


def merges_of(learned: Iterable[tuple[str, str]], *, size: int = VOCABULARY_SIZE) -> Merges:
    """The first ``learned`` merges (in byte-level spelling), without those of long Han pieces."""
    byte_of = {character: value for value, character in _byte_characters().items()}
    ids = {bytes([value]): value for value in range(256)}
    merges: Merges = []
    room = size - 256 - len(SPECIAL_PIECES)
    for pair in learned:
        left, right = (bytes(byte_of[character] for character in side) for side in pair)
        piece = left + right
        if len(merges) == room:
            break
        if piece in ids or left not in ids or right not in ids:
            continue
        if len(piece) > _MAX_HAN_BYTES and _has_han(piece):
            continue
        ids[piece] = 256 + len(merges)
        merges.append((ids[left], ids[right]))
    return merges


def write_merges(merges: Merges, path: Path) -> None:
    """Write ``merges`` as :func:`rag.tokens.merges_path` describes."""
    path.write_bytes(b"".join(struct.pack("<HH", *pair) for pair in merges))


def read_merges(path: Path) -> Merges:
    """What :func:`write_merges` wrote."""
    return [(left, right) for left, right in struct.iter_unpack("<HH", path.read_bytes())]


def hugging_face_tokenizer(merges: Merges) -> Any:
    """The ``tokenizers.Tokenizer`` with the same pieces: raw text in, the ids of tiktoken out."""
    from tokenizers import Tokenizer, decoders, models, normalizers

    characters = _byte_characters()
    pieces = [bytes([value]) for value in range(256)]
    for left, right in merges:
        pieces.append(pieces[left] + pieces[right])
    ids = {piece: number for number, piece in enumerate(pieces)}

    def spelled(piece: bytes) -> str:
        return "".join(characters[value] for value in piece)

    vocabulary = {spelled(piece): number for piece, number in ids.items()}
    for special in SPECIAL_PIECES:
        vocabulary[special] = len(vocabulary)
    # tiktoken joins any two neighbours whose union is a piece, however that piece was learned: so
    # every way of cutting a piece in two is a merge, in the order of the pieces.
    every_merge: list[tuple[str, str]] = []
    for piece in pieces[256:]:
        cuts = [(piece[:cut], piece[cut:]) for cut in range(1, len(piece))]
        known = [(left, right) for left, right in cuts if left in ids and right in ids]
        known.sort(key=lambda pair: (ids[pair[0]], ids[pair[1]]))
        every_merge.extend((spelled(left), spelled(right)) for left, right in known)
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=every_merge))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Lowercase(),
            # A compiled table cannot hold the NUL character.
            normalizers.Replace("\x00", " "),
            normalizers.Precompiled(_compiled_table()),
        ]
    )
    tokenizer.pre_tokenizer = _pre_tokenizer()
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def write_tiktoken_table(merges: Merges, path: Path) -> None:
    """Write the pieces in tiktoken's own text format, for tools that read that."""
    pieces = [bytes([value]) for value in range(256)]
    for left, right in merges:
        pieces.append(pieces[left] + pieces[right])
    lines = (base64.b64encode(piece) + f" {rank}\n".encode() for rank, piece in enumerate(pieces))
    path.write_bytes(b"".join(lines))


def _pre_tokenizer() -> Any:
    from tokenizers import Regex, pre_tokenizers

    return pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PATTERN), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )


def _byte_characters() -> dict[int, str]:
    """The visible character that stands for each byte, as in GPT-2's vocabulary."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [value for value in range(256) if value not in printable]
    table = {value: chr(value) for value in printable}
    table.update({value: chr(256 + number) for number, value in enumerate(others)})
    return table


def _has_han(piece: bytes) -> bool:
    text = piece.decode("utf-8", errors="ignore")
    return any(unicodedata.name(character, "").startswith("CJK") for character in text)


def _compiled_table() -> bytes:
    """The table of :mod:`rag.normalization` in the form that ``normalizers.Precompiled`` reads.

    SentencePiece compiles it: a throwaway model is trained for the sake of its header.
    """
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder) / "rules.tsv"
        rules.write_text(
            "".join(
                f"{source:X}\t{' '.join(f'{ord(character):X}' for character in target)}\n"
                for source, target in TRANSLATION.items()
                if source and not 0xD800 <= source < 0xE000
            ),
            encoding="utf-8",
        )
        sample = Path(folder) / "sample.txt"
        sample.write_text(
            "\n".join(f"any text {number}" for number in range(100)), encoding="utf-8"
        )
        sentencepiece.SentencePieceTrainer.train(
            input=str(sample),
            model_prefix=str(Path(folder) / "model"),
            model_type="bpe",
            vocab_size=40,
            hard_vocab_limit=False,
            normalization_rule_tsv=str(rules),
            minloglevel=2,
        )
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString((Path(folder) / "model.model").read_bytes())
    compiled: bytes = model.normalizer_spec.precompiled_charsmap
    return compiled
