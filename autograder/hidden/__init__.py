"""The hidden checks, a file a question, and the evidence that they share. They never reach a student."""
