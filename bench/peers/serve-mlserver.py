"""`mlserver start folder`, by whatever name the command is installed: the folder holds the settings and the model.

    python bench/peers/serve-mlserver.py folder
"""

import sys

from mlserver.cli import main

sys.argv = ["mlserver", "start", sys.argv[1]]
main()
