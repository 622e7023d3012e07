"""Follow-up questions completed from the history, offline."""
