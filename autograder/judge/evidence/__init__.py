"""What is known of an answer as a whole: which formula it follows, whether it works at all, how it fares against the reference.

Each piece is found out once, when the first check asks for it.
"""
