"""The hidden checks, a file a question. They never reach a student."""
