"""Answers by a language model whose every sentence is checked against the source.

``models`` loads the model through LangChain, ``prompts`` fences the passages, ``handles`` reads the
model's marks, ``alignment`` ties each sentence to spans, ``failures`` names what went wrong,
``ledger`` counts tokens, ``answering`` puts them together; ``chain`` is the LangChain border.
"""
