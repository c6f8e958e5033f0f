"""Verdicts as people and machines read them; each module builds on those that are named before it.

One submission: `marks` adds up its points, `metadata` and `lateness` know when it came, `blocks` renders what `words` says,
`results` makes results.json of all that, `files` and `folder` keep it on disk.

A class: `tally` counts while a run goes on, `tables` know whose submissions they are, who is late, and write grades.csv and its
like, `page` is what a browser shows.
"""
