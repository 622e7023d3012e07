"""Which sentences make the answer: the one that answers, lists, steps, other values, other versions."""
