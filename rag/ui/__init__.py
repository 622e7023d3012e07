"""The chat page: Gradio's server (queue, streaming, login) under a page of our own.

``launch`` is all that other rooms need. Modules by idea:

    opening      the knowledge base, opened behind the page
    asking       a question from the page -> events of its answer
    source       a document -> tidied, marked text for the source panel
    holdings     the documents tab: list, filter, remove, read again
    uploads      file names and bytes from strangers -> files in one folder
    sent_paths   which upload is a new version of which
    suggestions  questions the documents at hand can answer
    limits       how often one visitor may ask or upload
    guard        headers, host and size checks before anything else runs
    endpoints    the verbs above as Gradio endpoints, and the page's files
    assets/      the page: one HTML file, one style sheet, JavaScript modules

Importing this package imports neither Gradio nor a model.
"""

from __future__ import annotations

from rag.ui.launching import launch

__all__ = ["launch"]
