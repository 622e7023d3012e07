"""The exact words that answer, inside the sentence that holds them."""
