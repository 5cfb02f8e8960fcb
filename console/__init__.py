"""The console's project package.

Python looks for cycles whenever 700 objects came more than went. With 100,000 that never go, a start would
do little else; ten thousand are about a megabyte.
"""

import gc

gc.set_threshold(10_000, 10, 10)
