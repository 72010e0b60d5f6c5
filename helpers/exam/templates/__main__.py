"""`python -m helpers.exam.templates [ID ...]` measures the keys of these templates, or of all, and writes them."""

import sys

from helpers.exam.templates.measuring import main

if __name__ == "__main__":
    main(sys.argv[1:])
