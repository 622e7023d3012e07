"""Candidate sentences of the passages, and what can be told about each as an answer: its features."""
