"""What bin/demo, bin/test, bin/check and bin/lock are made of.

Only the standard library, because it runs before anything is installed.
"""

import sys

# Written so that an old Python can read it, and say so, instead of failing on a line it does not understand.
if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit(
        "This needs Python 3.11 or newer, and python3 here is %d.%d. Install a newer one, or name it: python3.12 %s"  # noqa: UP031
        % (sys.version_info[0], sys.version_info[1], sys.argv[0])
    )
