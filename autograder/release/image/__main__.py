"""Where Python enters when it is given the folder that the zip was unpacked to."""

from autograder.routes.gradescope import main

if __name__ == "__main__":
    main()
