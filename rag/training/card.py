"""The model card: what the model is, from what, how good, and where it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.training.measures import Retrieval

__all__ = ["measures_table", "model_card"]

_FRONT = """\
---
language:
  [zh, en, ja, ko, fr, de, es, pt, it, nl, ru, uk, pl, cs, tr, ar, fa, hi, id, vi, th, el, hu, ro, sv]
license: cc-by-sa-4.0
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [static-embeddings, retrieval, chinese]
---

# rag-static

A static embedding model for finding passages that answer a question: Chinese (Simplified and
Traditional spellings meet in one) and English first, some twenty other languages usefully. A text's
vector is the weighted sum of its pieces' vectors, brought to unit length; there is no network, so
millions of characters a second are embedded on one processor core.

```python
from sentence_transformers import SentenceTransformer  # 6.2 or later

model = SentenceTransformer("path/to/this/folder")
model.similarity(model.encode("谁发明了电话？"), model.encode("Bell patented the telephone."))
```

`rag.embedding.load_embedder()` gives the same vectors without torch.

## Shape

65,536 pieces of a byte-level BPE (NFKC, lower case, Traditional to Simplified; Han, kana, digits and
letters apart; also the tiktoken encoding `rag64k`), {rows} rows of {dimension} int8 numbers: the
{own_rows} most frequent pieces have a row each, the others share the rest. White space,
punctuation and the symbols of markup (bars, tildes, backticks and their like) weigh nothing. A text's
length has no limit, but one vector for much more than a page
says little: embed passages, and sentences beside them. A text that is empty, or white space and
punctuation alone, gets one fixed unit vector. In sentence-transformers the empty one has it by the prompt, a
space, which changes no other vector: it warns once that a default prompt is set, and with `prompt=""` the
empty text gives zeros.

One vocabulary for two uses costs the embedding nothing. Either kind, trained alike and measured on the
held-out texts below, percent (`python -m rag.training vocabularies --data DIR --work DIR --steps 1500
--articles 20000`: SentencePiece's unigram model of 65,536 pieces, learned from up to 1.5 million sentences
drawn from the same lines; 1,500 batches of the first training for each, one seed: about a point means
nothing on the news, nor do two to five on the questions):

| set | BPE recall@1 | @5 | unigram recall@1 | @5 |
|---|--:|--:|--:|--:|
| zh questions | 82.7 | 94.9 | 82.5 | 95.4 |
| zh questions, half best sentence | 94.1 | 98.9 | 94.1 | 98.8 |
| ar questions | 61.8 | 87.8 | 63.5 | 80.9 |
| ar questions, half best sentence | 69.8 | 89.9 | 62.8 | 86.8 |
| th questions | 82.3 | 93.5 | 83.3 | 94.3 |
| th questions, half best sentence | 89.5 | 96.9 | 89.9 | 97.0 |
| news, en to zh | 21.4 | 41.1 | 19.3 | 38.8 |
| news, zh to en | 24.4 | 44.1 | 22.0 | 42.6 |
| news in zh | 77.3 | 91.3 | 76.3 | 91.4 |
| news, en to others, mean | 12.1 | 24.1 | 12.0 | 24.1 |
| news, others to en, mean | 11.5 | 23.2 | 11.0 | 22.4 |
| news in one language, mean of the others | 69.3 | 85.9 | 68.7 | 85.8 |

A sentence of the Chinese articles takes 25.7 pieces that weigh something with the BPE, 26.0 with the other.

## Recipe

1. The vocabulary: BPE on some 88 million characters (`python -m rag.training vocabulary`).
2. The start: random directions with SIF lengths a / (a + p); pieces of other languages are turned
   towards their English translations as IBM model 1 aligns them.
3. Training with InfoNCE over the batch, both ways, each batch of one task: a thinned sentence and
   the passage that it stands in or was taken from; lead and body of an article; translations,
   titles and dictionary entries; a sentence and the passage that holds its translation; questions
   with the part of a paragraph and the sentence that answers them; and Chinese questions and
   sentences glossed word by word into English, on one side or both. Several passages of each
   article in a batch serve as hard negatives.
4. The mean of the trained table and its start (as WiSE-FT, https://arxiv.org/abs/2109.01903):
   training lengthens rows by chance as well as by need. On the news below, recall@1 within a
   language rose by 2 points, English to Chinese by 1; between English and the others it fell by
   less than a half.

5. A second training, three fifths of its batches questions that were written for this project over
   news articles, reports among them and encyclopedic paragraphs (`rag/training/questions`, those on
   seven tenths of the texts): people ask in other words than a text tells. In legs, in each of which the
   rate falls to zero; the model is a mean of their ends, in which each counts as much as all before it
   (stochastic weight averaging, https://arxiv.org/abs/1803.05407). Recall@5 by whole passage and best
   sentence in equal parts, questions on held-out texts: of 1,226 paraphrased questions on reports, over
   1,710 passages, 57.1 without the questions on reports, 74.6 at the end of the last leg and 75.6 by the
   mean; of 499 English ones 53.7, 71.7 and 73.3; of 250 direct ones 95.6, 99.2 and 98.4. On other news over
   1,440 passages, in the same order, 87.3, 89.8 and 91.4; 83.1, 87.7 and 88.6; 98.8 each time. Arabic
   questions, which the last leg had brought from 71.2 to 68.4 at recall@1, are back at 71.9.

`python -m rag.training static --data DIR --out DIR` repeats steps 2 to 5.

What mattered, from runs of two minutes: dimensions most of all. With 256, 320, 384 and 512 numbers a
row, the untrained start found 58, 62, 65 and 68 percent of the news passages of its own language,
and rows shared by rare pieces cost nothing measurable, so 512 numbers in 41,000 rows take the place
of 256 in 65,536. Glosses and the aligned start took English to Chinese from 10 to 17. A rate of
0.4 in place of 0.1 cost the other languages 5 points.

"""

_DATA = """\
## Training data

| data | licence |
|---|---|
| 67,661 Chinese news articles of 2023 (IAAR-Shanghai/CRUD_RAG, 80000_docs) | repository
Apache-2.0; texts of third parties |
| 51,000 questions on them and on the paragraphs below, written for this project | as the project |
| translated documentation of Python | PSF-2.0 / 0BSD, translations CC0 |
| of TensorFlow | Apache-2.0, text CC BY 4.0 |
| of Django | BSD-3-Clause |
| of FreeBSD | FreeBSD Documentation Licence |
| of GNOME (gnome-user-docs) | CC BY 3.0, CC BY-SA 3.0 |
| Tatoeba sentence pairs (as packed by manythings.org and by LASER) | CC BY 2.0 FR |
| STSbenchmark translations (stsb-multi-mt, train and dev) | as STSbenchmark, mainly CC BY-SA 4.0 |
| Wikidata interlanguage titles (wikidict) | CC0 |
| CC-CEDICT | CC BY-SA 4.0 |
| questions, seven tenths by paragraph: DRCD dev | CC BY-SA 3.0 |
| CMRC 2018 trial | CC BY-SA 4.0 |
| ARCD | MIT, Wikipedia text CC BY-SA |
| iapp-wiki-qa | MIT, Wikipedia text CC BY-SA |
| character table of OpenCC | Apache-2.0 |

No text of these is part of the model.

"""

_LIMITS = """\
## Limits

- Word order and negation are not seen: "A beat B" and "B beat A" have one vector.
- English questions on Chinese passages, and the reverse, work by words; much weaker than a
transformer.
- Languages beside Chinese and English rest on shared words and some thousand translated sentences
each; text
  in languages outside the list is matched by its pieces alone.
- The question data are encyclopaedic; the Chinese is news of 2023 in the main. No domain beyond
that was
  measured. Biases of these texts are in the vectors.
- Best beside a lexical index: fuse the scores.
"""


def model_card(facts: Mapping[str, str], results: Sequence[Retrieval]) -> str:
    """The card in Markdown: shape, recipe, its numbers, the measures, data and limits."""
    front = _FRONT
    for name in ("rows", "dimension", "own_rows"):
        front = front.replace("{" + name + "}", facts.get(name, "?"))
    settings = "".join(f"| {name} | {value} |\n" for name, value in facts.items())
    return (
        front
        + "| setting | value |\n|---|---|\n"
        + settings
        + "\n## Measures\n\n"
        + "On texts held out from training, percent. Questions are asked of all paragraphs of "
        "their set; "
        '"half best sentence" scores a paragraph by the mean of its own and its best '
        "sentence's cosine. "
        "News (NTREX-128): a third of a sentence's pieces finds the six sentences around it.\n\n"
        + measures_table(results)
        + "\n"
        + _DATA
        + _LIMITS
    )


def measures_table(results: Sequence[Retrieval]) -> str:
    """A Markdown table of retrieval measures in percent."""
    lines = [
        "| set | queries | passages | recall@1 | @5 | @10 | MRR@10 |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [
        f"| {each.name} | {each.queries} | {each.passages} | {100 * each.recall_at_1:.1f} "
        f"| {100 * each.recall_at_5:.1f} | {100 * each.recall_at_10:.1f} "
        f"| {100 * each.mrr_at_10:.1f} |"
        for each in results
    ]
    return "\n".join(lines) + "\n"
