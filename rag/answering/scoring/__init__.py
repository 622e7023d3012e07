"""Small learned functions of features: how well a sentence answers, and whether anything does."""
