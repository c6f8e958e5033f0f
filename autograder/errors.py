"""What can go wrong in a way that its user can fix: one base, whose message says what is wrong and what to do.

The command line turns these into exit codes, in one place. Each is defined where it is raised::

    AutograderError             the grader cannot go on (exit code 1)
    ├── CollectionError         the checks themselves cannot be read
    ├── SandboxError            the sandbox cannot work here
    ├── ClusterError            the cluster cannot judge, or no longer
    ├── OtterError              otter failed
    └── WrongUsage              the command, a path or a setting is wrong (exit code 2)
        ├── Busy                another run is writing into the same folder
        ├── ConfigurationError  the settings of the course have mistakes
        ├── ResultsError        a folder holds no results
        ├── RosterError         the roster cannot be read
        └── Unreachable         no scheduler answers
"""


class AutograderError(Exception):
    """Whatever keeps the grader from its work; the message is for the user."""

    exit_code = 1


class WrongUsage(AutograderError):
    """The command, a path or a setting is wrong: nothing was graded or written."""

    exit_code = 2
