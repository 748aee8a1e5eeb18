"""Run the service as `python -m adclassifier_api`."""

import sys

from adclassifier_api.main import main

if __name__ == "__main__":
    sys.exit(main())
