"""What a question asks for: the kind of answer, its names, years and content words."""
