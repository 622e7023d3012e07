"""The bundled cross-encoder that reads a question and a sentence together."""
