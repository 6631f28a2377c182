"""The `partnerforge` command with a module that has a bug for one account: `python -m ...buggy MODULE DOMAIN WORDS`.

Not for: providers that fail, which the sandbox plays.
"""

import sys

from partnerforge_dagster.cli import main
from partnerforge_dagster.definitions import declared_modules
from partnerforge_dagster_tests.orchestration.graph import failing

if __name__ == "__main__":
    module, domain, *words = sys.argv[1:]
    modules = declared_modules()
    modules.update(failing(modules, module, only_for=domain))
    sys.argv = ["partnerforge", *words]
    main()
