"""Training of the bundled models: needs the extra ``training``; nothing else imports it."""
