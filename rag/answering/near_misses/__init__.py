"""What tells a near miss from an answer: it lacks the value, person or one of several that was asked for."""
