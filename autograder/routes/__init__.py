"""The ways that submissions come in, besides the command line: each hands over to the judge and takes its verdict."""
