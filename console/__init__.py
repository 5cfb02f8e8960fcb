"""The console's project package.

Garbage collection by default runs after 700 net allocations. A start keeps 100,000 objects and would spend
most of its time in collections; a threshold of 10,000 costs about one megabyte.
"""

import gc

gc.set_threshold(10_000, 10, 10)
