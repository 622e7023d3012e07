"""The order of sentences, and of passages by their sentences, best answer first."""
