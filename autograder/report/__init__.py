"""Reports for people and machines; each module builds on those that are named before it.

One submission: `metadata` and `lateness` know when it came, `marks` what each check is worth to the course, and `course` puts
the judge's `Report` on that scale. `visibility` leaves out what students see later, `words` says the rest in blocks, and
`blocks` renders them. `results` makes results.json, `store` report.json; `row` sums up, `files` and `folder` keep all on disk.

A class: `tally` counts while a run goes on, `tables` know whose submissions they are, who is late, and write grades.csv and its
like, `page` is what a browser shows.
"""
