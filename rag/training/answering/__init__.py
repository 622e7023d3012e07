"""Fit the small learned functions of extractive answering: which sentence answers, and whether anything does.

    python -m rag.training answering --data ../shared/data [--suites evals] [--plain-only]

writes ``rag/answering/weights/*.json`` and the trade-off curve of refusal. The inputs are questions with
marked answers (``qa.jsonl.zst``) and our own suites. Buckets of paragraphs by hash: 0 and 1 are kept for
measuring, 2 is for this fit (the reader has not seen it), the rest also serve the network that does
not use the reader. Of the suites every third question, by hash, is kept for measuring. Questions that were
written over the training texts (:mod:`rag.training.written`) are asked twice: in collections of a few
articles, and in one large one; there the questions of other articles are off-topic.

Near misses are made from answerable questions: the sentences that hold the answer are taken out of the
passages, so that the topic is there and the fact is not; and questions are asked about another year or place
(:mod:`rag.training.altered`).
"""
